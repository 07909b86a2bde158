import type { ConfabError } from "../errors.ts";

/** Whether one hears what happens. Sends wait while one doesn't. */
export type ConnectionState =
  | { readonly status: "connecting" }
  | { readonly status: "online" }
  | {
      readonly status: "reconnecting";
      /** 1 for the first attempt after the connection was lost. */
      readonly attempt: number;
      /** When the next attempt begins, in milliseconds since 1970; in the past while it is going on. */
      readonly retryAtMs: number;
      /** What ended the connection, or the last attempt. */
      readonly error: ConfabError;
    }
  | {
      readonly status: "closed";
      /** Why, where it was not `close`: the session has ended, or the account is suspended. */
      readonly error?: ConfabError;
    };
