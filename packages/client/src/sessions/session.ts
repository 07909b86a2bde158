import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Environment } from "../environment.ts";
import { type ConfabError, UnauthenticatedError } from "../errors.ts";
import type { CallOptions, Credential, SessionTokens } from "../options.ts";
import type { Transport } from "../transport/port.ts";
import { orAborted } from "../waiting.ts";
import { type IssuedTokens, signIn } from "./sign-in.ts";

/** An access token is replaced when this part of its lifetime is left. */
const REFRESH_AT_PART = 0.2;
/** Refusals that a new access token cures; the session itself has not ended. */
const STALE_REASONS: readonly string[] = ["TOKEN_EXPIRED", "TOKEN_INVALID"];

interface SessionOptions {
  readonly transport: Transport;
  readonly environment: Environment;
  readonly deviceName: string;
  readonly requestTimeoutMs: number;
  readonly onTokens: (tokens: SessionTokens) => void;
  /** Aborts all calls. */
  readonly signal: AbortSignal;
}

/** A signed-in session: makes calls with an access token, and replaces it before it expires. */
export class Session {
  readonly #options: SessionOptions;
  #accessToken = "";
  #refreshToken = "";
  #refreshAtMs = 0;
  #refreshing: Promise<void> | null = null;

  private constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Signs in. @throws ConfabError */
  static async open(credential: Credential, options: SessionOptions): Promise<Session> {
    const { transport, deviceName, requestTimeoutMs: timeoutMs, signal } = options;
    const session = new Session(options);
    session.#setTokens(await signIn(transport, credential, { deviceName, timeoutMs, signal }));
    return session;
  }

  /** Returns a valid access token, refreshed if needed. No timer refreshes it, because a stream outlives its token. */
  async accessToken(): Promise<string> {
    if (this.#options.environment.nowMs() >= this.#refreshAtMs) await this.#refresh();
    return this.#accessToken;
  }

  /** Reports that a call with this token was refused. @returns true if a new token may help */
  renew(accessToken: string, error: unknown): boolean {
    if (!(error instanceof UnauthenticatedError) || !STALE_REASONS.includes(error.reason)) return false;
    if (accessToken === this.#accessToken) this.#refreshAtMs = 0;
    return true;
  }

  /** Makes a call; if the server finds the token expired, it repeats it with a new one. @throws ConfabError */
  async call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    { signal }: CallOptions = {},
  ): Promise<MessageShape<O>> {
    signal?.throwIfAborted();
    const { transport, requestTimeoutMs: timeoutMs, signal: ended } = this.#options;
    const either = signal ? AbortSignal.any([signal, ended]) : ended;
    const ask = (accessToken: string): Promise<MessageShape<O>> =>
      transport.unary(method, request, { accessToken, timeoutMs, signal: either });
    const accessToken = await orAborted(this.accessToken(), either);
    try {
      return await ask(accessToken);
    } catch (error) {
      if (!this.renew(accessToken, error)) throw error;
    }
    return ask(await orAborted(this.accessToken(), either));
  }

  /** Ends the session on the server. Needs a token fetched before `signal` of the session aborted. */
  async end(accessToken: string, { signal }: CallOptions): Promise<void> {
    const { transport, requestTimeoutMs: timeoutMs } = this.#options;
    await transport.unary(v1.AuthService.method.deleteSession, {}, { accessToken, timeoutMs, signal });
  }

  /** Shares one refresh between concurrent callers, because using a refresh token twice ends the session. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#exchange().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #exchange(): Promise<void> {
    const { transport, requestTimeoutMs: timeoutMs, signal } = this.#options;
    const request = { refreshToken: this.#refreshToken };
    const { refreshSession } = v1.AuthService.method;
    try {
      this.#setTokens(await transport.unary(refreshSession, request, { timeoutMs, signal }));
    } catch (error) {
      if (!(error instanceof UnauthenticatedError)) throw error;
      throw sessionEnded(error);
    }
  }

  #setTokens({ accessToken, refreshToken, expiresIn }: IssuedTokens): void {
    const lifeMs = expiresIn ? durationMs(expiresIn) : 0;
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
    this.#refreshAtMs = this.#options.environment.nowMs() + lifeMs * (1 - REFRESH_AT_PART);
    this.#options.onTokens({ accessToken, refreshToken });
  }
}

/** Returns true if the user must sign in again. */
export function isSessionOver(error: ConfabError): boolean {
  if (error instanceof UnauthenticatedError) return !STALE_REASONS.includes(error.reason);
  return error.reason === "SUSPENDED";
}

function sessionEnded({ code, message, reason, cause }: ConfabError): UnauthenticatedError {
  // An invalid refresh token is the end of the session, whatever the reason.
  const why = STALE_REASONS.includes(reason) ? "SESSION_REVOKED" : reason;
  return new UnauthenticatedError({ reason: why, code, message, cause });
}
