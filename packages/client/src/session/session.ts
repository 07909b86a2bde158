import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Environment } from "../environment.ts";
import { type ConfabError, UnauthenticatedError } from "../errors.ts";
import type { CallOptions, Credential, SessionTokens } from "../options.ts";
import type { Transport } from "../transport/port.ts";
import { orAborted } from "../waiting.ts";
import { type IssuedTokens, signIn } from "./sign-in.ts";

/** An access token is replaced when this part of its life is left. */
const REFRESH_AT_PART = 0.2;
/** What another access token helps against; the session itself has not ended. */
const STALE_REASONS: readonly string[] = ["TOKEN_EXPIRED", "TOKEN_INVALID"];

/** What a session is made with. */
export interface SessionOptions {
  readonly transport: Transport;
  readonly environment: Environment;
  readonly deviceName: string;
  readonly requestTimeoutMs: number;
  readonly onTokens: (tokens: SessionTokens) => void;
  /** Ends everything that is under way. */
  readonly signal: AbortSignal;
}

/** Being signed in: makes calls with an access token that it replaces before it expires. */
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
    session.#keep(await signIn(transport, credential, { deviceName, timeoutMs, signal }));
    return session;
  }

  /** One that is valid for some time yet. Nothing is done while nobody asks: a stream outlives its token. */
  async accessToken(): Promise<string> {
    if (this.#options.environment.nowMs() >= this.#refreshAtMs) await this.#refresh();
    return this.#accessToken;
  }

  /** Says that a call with this token was refused. True if another token may help. */
  renew(accessToken: string, error: unknown): boolean {
    if (!(error instanceof UnauthenticatedError) || !STALE_REASONS.includes(error.reason)) return false;
    if (accessToken === this.#accessToken) this.#refreshAtMs = 0;
    return true;
  }

  /** Makes a call, once more with a new token where the server takes the old one for expired. @throws ConfabError */
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

  /** Ends the session on the server. The token is asked for before, and what else is under way has ended. */
  async end(accessToken: string, { signal }: CallOptions): Promise<void> {
    const { transport, requestTimeoutMs: timeoutMs } = this.#options;
    await transport.unary(v1.AuthService.method.deleteSession, {}, { accessToken, timeoutMs, signal });
  }

  /** All who ask at once wait for one refresh: a refresh token that is used twice ends the session. */
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
      this.#keep(await transport.unary(refreshSession, request, { timeoutMs, signal }));
    } catch (error) {
      if (!(error instanceof UnauthenticatedError)) throw error;
      throw sessionEnded(error);
    }
  }

  #keep({ accessToken, refreshToken, expiresIn }: IssuedTokens): void {
    const lifeMs = expiresIn ? durationMs(expiresIn) : 0;
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
    this.#refreshAtMs = this.#options.environment.nowMs() + lifeMs * (1 - REFRESH_AT_PART);
    this.#options.onTokens({ accessToken, refreshToken });
  }
}

/** Whether signing in again is the only way on. */
export function isSessionOver(error: ConfabError): boolean {
  if (error instanceof UnauthenticatedError) return !STALE_REASONS.includes(error.reason);
  return error.reason === "SUSPENDED";
}

function sessionEnded({ code, message, reason, cause }: ConfabError): UnauthenticatedError {
  // A refresh token that is not valid is the end of the session, whatever the server knows of it.
  const why = STALE_REASONS.includes(reason) ? "SESSION_REVOKED" : reason;
  return new UnauthenticatedError({ reason: why, code, message, cause });
}
