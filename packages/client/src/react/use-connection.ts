import type { ConnectionState } from "../connection/state.ts";
import { useChat } from "./chat-context.tsx";
import { useObservable } from "./use-observable.ts";

/** Whether one hears what happens, and where not, when the next attempt is. */
export function useConnection(): ConnectionState {
  return useObservable(useChat().connection);
}

/** How many messages wait to be stored, in all rooms. */
export function useUnsent(): number {
  return useObservable(useChat().unsent);
}
