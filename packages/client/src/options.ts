import type { CursorStore } from "./live/cursors.ts";
import type { UnsentStore } from "./messages/unsent-work.ts";

/** Options of every call. */
export interface CallOptions {
  /** Aborts the call, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A new account. */
export interface Registration {
  readonly handle: string;
  readonly password: string;
  readonly displayName?: string | undefined;
}

/** Everything to sign in with; a {@link Credential} has one of these ways. */
export interface SignIn {
  readonly handle: string;
  readonly password: string;
  readonly guest: string;
  readonly register: Registration;
  /** Returns a JWT of your identity provider. */
  readonly externalToken: () => Promise<string>;
  readonly refreshToken: string;
  readonly serviceKey: string;
  /** A user's id. */
  readonly actAs: string | undefined;
}

/** Takes these fields and no others, so that conflicting credentials don't compile. */
type Only<Name extends keyof SignIn> = Pick<SignIn, Name> & {
  readonly [Other in Exclude<keyof SignIn, Name>]?: undefined;
};

/** One way to sign in. */
export type Credential =
  | Only<"handle" | "password">
  /** Signs in without an account, under this name. */
  | Only<"guest">
  /** Creates an account and signs in. */
  | Only<"register">
  /**
   * Signs in a user of your application. The function returns a JWT of your identity provider. It is called again when the
   * session has ended, which signs the user in again.
   */
  | Only<"externalToken">
  /** Continues a session; see `onSession`. */
  | Only<"refreshToken">
  /** Your back end, with a key of `confab key create`; with `actAs`, in the name of the user with this id. */
  | (Only<"serviceKey" | "actAs"> | Only<"serviceKey">);

/** The tokens of a session. Each refresh replaces the refresh token: keep the newest. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Options of `connect`; all are optional. */
export interface ConnectOptions {
  /** Aborts connecting; later closes the chat. */
  readonly signal?: AbortSignal | undefined;
  /** Turns TLS on or off, or names the authority's certificate (PEM). Default: off for this machine, on for others. */
  readonly tls?: boolean | { readonly ca?: string | undefined } | undefined;
  /** The program's name in the server's log. */
  readonly clientName?: string | undefined;
  /** The session's name in the user's list of sessions. */
  readonly deviceName?: string | undefined;
  /** Keeps the read cursors over restarts. Default: they are not kept. */
  readonly cursors?: CursorStore | undefined;
  /** Keeps what is not sent yet over restarts. Default: it is not kept. */
  readonly unsent?: UnsentStore | undefined;
  /** Receives the tokens after sign-in and after each refresh, so that you can store the refresh token. Not for a service key. */
  readonly onSession?: ((tokens: SessionTokens) => void) | undefined;
  /** Delays between attempts: random, up to a bound that doubles from `minDelayMs` (250) to `maxDelayMs` (30,000). */
  readonly reconnect?: ReconnectOptions | undefined;
  /** Keeps trying if the server can't be reached at first, instead of rejecting. Default: false. */
  readonly waitForServer?: boolean | undefined;
  /** Timeout of each call, in milliseconds. Default: 10,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Most messages that may be unsent at once; another send is refused with `OUTBOX_FULL`. Default: 1,000. */
  readonly maxUnsent?: number | undefined;
}

/** Bounds of the delay between connection attempts, in milliseconds. */
export interface ReconnectOptions {
  readonly minDelayMs?: number | undefined;
  readonly maxDelayMs?: number | undefined;
}
