import { setImmediate } from "node:timers/promises";
import type { Chat } from "@confab/client";
import { ChatProvider } from "@confab/client/react";
import type { ReactNode } from "react";
import { cleanup, renderHook } from "./dom.ts";

/** A hook in a component of its own, and all that it has given. */
export interface Rendered<Result, Props> {
  /** What it gives now. */
  readonly now: Result;
  /** What it has given, rendering by rendering. */
  readonly all: readonly Result[];
  readonly rerender: (props: Props) => void;
  readonly unmount: () => void;
}

/** Renders a hook inside of a chat. */
export function inChat<Result, Props>(
  chat: Chat,
  hook: (props: Props) => Result,
  initialProps: Props,
): Rendered<Result, Props> & Disposable {
  const all: Result[] = [];
  const wrapper = ({ children }: { readonly children: ReactNode }): ReactNode => (
    <ChatProvider chat={chat}>{children}</ChatProvider>
  );
  const { result, rerender, unmount } = renderHook(
    (props: Props) => {
      const given = hook(props);
      all.push(given);
      return given;
    },
    { wrapper, initialProps },
  );
  return {
    get now() {
      return result.current;
    },
    all,
    rerender,
    unmount,
    [Symbol.dispose]: cleanup,
  };
}

/** Resolves when what has been told to React by now has been rendered: it waits for no more than the end of a turn. */
export async function rendering(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}
