import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Environment } from "../environment.ts";
import { Code, ConfabError, UnauthenticatedError, UnavailableError } from "../errors.ts";
import type { CallOptions, Credential, SessionTokens } from "../options.ts";
import type { Transport } from "../transport/port.ts";
import { orAborted } from "../waiting.ts";
import { type SessionShare, sessionReplaced } from "./session-share.ts";
import { checkCredential, type IssuedTokens, type SessionCredential, signIn } from "./sign-in.ts";

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

/**
 * A signed-in session: makes calls with an access token, and replaces it before it expires. A service key needs no session on
 * the server, and stands for the token.
 */
export class Session {
  /** The user whom the service key acts for. */
  readonly actAs: string | undefined;
  readonly #options: SessionOptions;
  readonly #credential: Credential;
  #accessToken = "";
  #refreshToken = "";
  #refreshAtMs = Number.POSITIVE_INFINITY;
  #refreshing: Promise<void> | null = null;
  #sessionId = "";
  /** The refusal of another sign-in with an external token, or the end of the session by another program. */
  #refusal: ConfabError | null = null;
  readonly #ended = new AbortController();

  private constructor(credential: Credential, options: SessionOptions) {
    this.#options = options;
    this.#credential = credential;
    this.#accessToken = credential.serviceKey ?? "";
    this.actAs = credential.actAs;
  }

  /** Signs in. @throws ConfabError */
  static async open(credential: Credential, options: SessionOptions): Promise<Session> {
    checkCredential(credential);
    const session = new Session(credential, options);
    if (credential.serviceKey !== undefined) return session;
    const { sessionShare: share } = options.environment;
    const ask = (): Promise<IssuedTokens> => session.#signIn(credential);
    const isResumed = credential.refreshToken === "";
    session.#setTokens(await (share ? (isResumed ? share.refresh("", ask) : share.open(ask)) : ask()));
    session.#share?.watch(
      () => session.#sessionId,
      options.signal,
      (why) => session.#endBy(why),
    );
    return session;
  }

  /** Aborts when another program has ended the session that it shares. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Returns a valid access token, refreshed if needed. No timer refreshes it, because a stream outlives its token. */
  async accessToken(): Promise<string> {
    this.ended.throwIfAborted();
    if (this.#options.environment.nowMs() >= this.#refreshAtMs) await this.#refresh();
    return this.#accessToken;
  }

  /** Reports that a call with this token was refused. @returns true if a new token may help */
  renew(accessToken: string, error: unknown): boolean {
    if (!(error instanceof UnauthenticatedError) || this.isOver(error)) return false;
    if (accessToken === this.#accessToken) this.#refreshAtMs = 0;
    return true;
  }

  /** Returns true if the user must sign in again. */
  isOver(error: ConfabError): boolean {
    if (error === this.#refusal || error.reason === "SUSPENDED") return true;
    if (!(error instanceof UnauthenticatedError)) return false;
    const { serviceKey, externalToken } = this.#credential;
    if (externalToken) return false;
    return serviceKey !== undefined || !STALE_REASONS.includes(error.reason);
  }

  /** Makes a call; if the server finds the token expired, it repeats it with a new one. @throws ConfabError */
  async call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    { signal }: CallOptions = {},
  ): Promise<MessageShape<O>> {
    signal?.throwIfAborted();
    const { actAs } = this;
    const { transport, requestTimeoutMs: timeoutMs, signal: closed } = this.#options;
    const either = AbortSignal.any([closed, this.ended, ...(signal ? [signal] : [])]);
    const ask = (accessToken: string): Promise<MessageShape<O>> =>
      transport.unary(method, request, { accessToken, actAs, timeoutMs, signal: either });
    const accessToken = await orAborted(this.accessToken(), either);
    try {
      return await ask(accessToken);
    } catch (error) {
      if (!this.renew(accessToken, error)) throw error;
    }
    return ask(await orAborted(this.accessToken(), either));
  }

  /** The session's id; empty with a service key. */
  get id(): string {
    return this.#sessionId;
  }

  /** Ends the session on the server. Needs a token fetched before `signal` of the session aborted. A key stays. */
  async end(accessToken: string, { signal }: CallOptions): Promise<void> {
    if (this.#credential.serviceKey !== undefined) return;
    const { transport, requestTimeoutMs: timeoutMs } = this.#options;
    await transport.unary(v1.AuthService.method.deleteSession, {}, { accessToken, timeoutMs, signal });
    this.#share?.end(this.#sessionId);
  }

  /** Set where the programs that share the session also keep its refresh token, for example in a browser's cookie. */
  get #share(): SessionShare | undefined {
    return this.#refreshToken === "" ? this.#options.environment.sessionShare : undefined;
  }

  /** Notes that another program has ended the session, or opened another in its place. */
  #endBy(why: ConfabError): void {
    this.#refusal = why;
    this.#ended.abort(why);
  }

  /** Shares one refresh between concurrent callers, because using a refresh token twice ends the session. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#exchange().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #exchange(): Promise<void> {
    const ask = (): Promise<IssuedTokens> => this.#signIn({ refreshToken: this.#refreshToken });
    try {
      const tokens = await (this.#share?.refresh(this.#accessToken, ask) ?? ask());
      if (this.#share && tokens.sessionId !== this.#sessionId) this.#endBy(sessionReplaced());
      this.ended.throwIfAborted();
      this.#setTokens(tokens);
    } catch (error) {
      if (!(error instanceof UnauthenticatedError) || error === this.#refusal) throw error;
      const { externalToken } = this.#credential;
      if (!externalToken) throw sessionEnded(error);
      await this.#signInAgain(externalToken);
    }
  }

  #signIn(credential: SessionCredential): Promise<IssuedTokens> {
    const { transport, deviceName, requestTimeoutMs: timeoutMs, signal } = this.#options;
    return signIn(transport, credential, { deviceName, timeoutMs, signal });
  }

  /** Replaces a session that has ended. @throws UnavailableError `EXTERNAL_TOKEN_FAILED` if the application has no token now */
  async #signInAgain(externalToken: () => Promise<string>): Promise<void> {
    const token = await externalToken().catch((cause: unknown) => {
      const message = "the session has ended, and externalToken gave no token for another";
      throw new UnavailableError({ reason: "EXTERNAL_TOKEN_FAILED", code: Code.UNAVAILABLE, message, cause });
    });
    try {
      const ask = (): Promise<IssuedTokens> => this.#signIn({ externalToken: async () => token });
      this.#setTokens(await (this.#share?.open(ask) ?? ask()));
    } catch (error) {
      const isFinal = error instanceof ConfabError && error.retryAfterMs === undefined;
      if (isFinal && !(error instanceof UnavailableError)) this.#refusal = error;
      throw error;
    }
  }

  #setTokens({ sessionId, accessToken, refreshToken, expiresIn }: IssuedTokens): void {
    const lifeMs = expiresIn ? durationMs(expiresIn) : 0;
    this.#sessionId = sessionId;
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
    this.#refreshAtMs = this.#options.environment.nowMs() + lifeMs * (1 - REFRESH_AT_PART);
    this.#options.onTokens({ accessToken, refreshToken });
  }
}

function sessionEnded({ code, message, reason, cause }: ConfabError): UnauthenticatedError {
  // An invalid refresh token is the end of the session, whatever the reason.
  const why = STALE_REASONS.includes(reason) ? "SESSION_REVOKED" : reason;
  return new UnauthenticatedError({ reason: why, code, message, cause });
}
