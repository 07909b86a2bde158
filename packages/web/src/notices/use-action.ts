import { useState } from "react";
import { say, sayError } from "./notices.ts";

/** An action of the user's, which can't begin again before it ends. */
export interface Action {
  readonly isBusy: boolean;
  /** Runs it, and tells the user the refusal, or `done` if that is given. @returns true if it was done */
  readonly run: (action: () => Promise<unknown>, done?: string) => Promise<boolean>;
}

/** Returns what a button needs for its action. */
export function useAction(): Action {
  const [isBusy, setIsBusy] = useState(false);
  return {
    isBusy,
    async run(action, done) {
      setIsBusy(true);
      try {
        await action();
        if (done !== undefined) say(done);
        return true;
      } catch (error) {
        sayError(error);
        return false;
      } finally {
        setIsBusy(false);
      }
    },
  };
}
