import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import type { ConfabError } from "../errors.ts";
import { type SessionShare, sessionReplaced, signedOutElsewhere } from "../sessions/session-share.ts";
import type { IssuedTokens } from "../sessions/sign-in.ts";

/** A token of another tab is taken if it lives for longer than this. */
const MIN_LEFT_MS = 30_000;

type TabMessage =
  | { readonly kind: "opened" | "ended"; readonly sessionId: string }
  | ({ readonly kind: "refreshed" } & SharedToken);

interface SharedToken {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly expiresAtMs: number;
}

/**
 * Shares the session of a server among the tabs of an origin, whose cookie has the refresh token: a lock lets one tab at a time
 * use the cookie, and the others are told the access token that it got.
 */
export class TabSession implements SessionShare {
  readonly #name: string;
  #newest: SharedToken | null = null;

  /** The URL as `parseServerUrl` returns it. */
  constructor(serverUrl: string) {
    this.#name = `confab session ${serverUrl}`;
  }

  open(ask: () => Promise<IssuedTokens>): Promise<IssuedTokens> {
    return navigator.locks.request(this.#name, async () => {
      const tokens = await ask();
      if (isInCookie(tokens)) this.#tell({ kind: "opened", sessionId: tokens.sessionId });
      return tokens;
    });
  }

  refresh(staleAccessToken: string, ask: () => Promise<IssuedTokens>): Promise<IssuedTokens> {
    return navigator.locks.request(this.#name, async () => {
      const leftMs = (this.#newest?.expiresAtMs ?? 0) - Date.now();
      if (this.#newest && this.#newest.accessToken !== staleAccessToken && leftMs > MIN_LEFT_MS) {
        return { ...this.#newest, refreshToken: "", expiresIn: durationFromMs(leftMs) };
      }
      const tokens = await ask();
      const { sessionId, accessToken, expiresIn } = tokens;
      const expiresAtMs = Date.now() + (expiresIn ? durationMs(expiresIn) : 0);
      if (isInCookie(tokens)) this.#tell({ kind: "refreshed", sessionId, accessToken, expiresAtMs });
      return tokens;
    });
  }

  end(sessionId: string): void {
    this.#tell({ kind: "ended", sessionId });
  }

  watch(sessionId: () => string, signal: AbortSignal, onEnd: (why: ConfabError) => void): void {
    const channel = new BroadcastChannel(this.#name);
    signal.addEventListener("abort", () => channel.close(), { once: true });
    channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
      const isOwn = data.sessionId === sessionId();
      if (data.kind === "ended" && isOwn) onEnd(signedOutElsewhere());
      if (data.kind === "opened" && !isOwn) onEnd(sessionReplaced());
      if (data.kind === "refreshed") this.#newest = data;
    };
  }

  #tell(message: TabMessage): void {
    const channel = new BroadcastChannel(this.#name);
    channel.postMessage(message);
    channel.close();
  }
}

/** True unless the server could not set the cookie. */
function isInCookie({ refreshToken }: IssuedTokens): boolean {
  return refreshToken === "";
}
