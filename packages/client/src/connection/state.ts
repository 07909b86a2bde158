import type { ConfabError } from "../errors.ts";

/** The state of the connection. Messages wait in the outbox unless it is `online`. */
export type ConnectionState =
  | { readonly status: "connecting" }
  | { readonly status: "online" }
  /**
   * Only in browsers, over plain HTTP: other tabs hold as many streams as the browser allows. Calls work; changes come, and
   * messages go, when this tab is looked at.
   */
  | { readonly status: "paused" }
  | {
      readonly status: "reconnecting";
      /** 1 for the first attempt after the connection was lost. */
      readonly attempt: number;
      /** Start of the next attempt, in milliseconds since 1970; in the past while the attempt runs. */
      readonly retryAtMs: number;
      /** The error that ended the connection or the last attempt. */
      readonly error: ConfabError;
    }
  | {
      readonly status: "closed";
      /** Absent after `close`; otherwise the session has ended or the account is suspended. */
      readonly error?: ConfabError;
    };
