import type { CursorStore } from "./cursors.ts";

/** What every call takes. */
export interface CallOptions {
  /** Gives up: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** An account that is made when connecting. */
export interface Registration {
  readonly handle: string;
  readonly password: string;
  readonly displayName?: string | undefined;
}

/** Who one is: one of these. */
export type Credential =
  | { readonly handle: string; readonly password: string }
  /** Someone without an account, under this name. */
  | { readonly guest: string }
  /** Makes an account, and signs in to it. */
  | { readonly register: Registration }
  /** A user of your application: asked for a JWT of your identity provider. */
  | { readonly externalToken: () => Promise<string> }
  /** Goes on with a session; see `onSession`. */
  | { readonly refreshToken: string };

/** The tokens of a session. The refresh token is replaced with each refresh: keep the newest. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** How to connect; all of it may be left out. */
export interface ConnectOptions {
  /** Closes the chat, or gives up connecting. */
  readonly signal?: AbortSignal | undefined;
  /** Whether to speak TLS, or with which authority's certificate (PEM). Default: not with this machine, else yes. */
  readonly tls?: boolean | { readonly ca?: string | undefined } | undefined;
  /** What this program is called, for the server's log. */
  readonly clientName?: string | undefined;
  /** What the session is called in the list of one's sessions. */
  readonly deviceName?: string | undefined;
  /** Where to keep how far one has read, over restarts. Default: nowhere. */
  readonly cursors?: CursorStore | undefined;
  /** Called with the tokens after signing in and after each refresh, to keep the refresh token. */
  readonly onSession?: ((tokens: SessionTokens) => void) | undefined;
  /** Delays between attempts: random, up to a bound that doubles from `minDelayMs` (250) to `maxDelayMs` (30,000). */
  readonly reconnect?: ReconnectOptions | undefined;
  /** Keeps trying where the server can't be reached at first, instead of rejecting. Default: false. */
  readonly waitForServer?: boolean | undefined;
  /** How long a call may take. Default: 10,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How many messages may be unsent at once; a further send is refused with `OUTBOX_FULL`. Default: 1,000. */
  readonly maxUnsent?: number | undefined;
}

/** How long to wait between attempts. */
export interface ReconnectOptions {
  readonly minDelayMs?: number | undefined;
  readonly maxDelayMs?: number | undefined;
}
