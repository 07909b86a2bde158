import type { ConnectionState } from "../connection/state.ts";
import { useChat } from "./chat-context.tsx";
import { useObservable } from "./use-observable.ts";

/** Returns the state of the connection. */
export function useConnection(): ConnectionState {
  return useObservable(useChat().connection);
}

/** Returns the number of unsent messages in all rooms: waiting or failed. */
export function useUnsent(): number {
  return useObservable(useChat().unsent);
}
