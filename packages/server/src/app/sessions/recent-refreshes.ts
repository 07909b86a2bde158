import type { SessionId } from "../../domain/ids.ts";
import type { Clock } from "../clock.ts";

/** For this time after a refresh the same token gets the same answer. */
const REMEMBER_MS = 10_000;
const MAX_REMEMBERED = 10_000;

/** The answer to a refresh token. */
export interface Exchange {
  readonly sessionId: SessionId;
  readonly accessToken: string;
  readonly accessEndsAtMs: number;
  readonly refreshToken: string;
}

interface Entry {
  readonly exchange: Promise<Exchange>;
  readonly untilMs: number;
}

/**
 * Gives a refresh token that comes twice within seconds one answer: a client that asks twice at once (two tabs,
 * a retry) then holds one pair of tokens, whichever answer it keeps, and is not taken for a thief. In memory
 * alone, since tokens are not written down.
 */
export class RecentRefreshes {
  readonly #clock: Clock;
  /** By the token that was exchanged, oldest first. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer that this token was given just now; the one that `make` makes if there is none, or it was used. */
  async get(refreshToken: string, make: () => Promise<Exchange>): Promise<Exchange> {
    this.#dropOutdated();
    const known = await this.#entries.get(refreshToken)?.exchange;
    return known && !this.#entries.has(known.refreshToken) ? known : this.#add(refreshToken, make());
  }

  async #add(refreshToken: string, exchange: Promise<Exchange>): Promise<Exchange> {
    this.#entries.delete(refreshToken);
    this.#entries.set(refreshToken, { exchange, untilMs: this.#clock() + REMEMBER_MS });
    try {
      return await exchange;
    } catch (error) {
      this.#entries.delete(refreshToken);
      throw error;
    }
  }

  #dropOutdated(): void {
    for (const [token, { untilMs }] of this.#entries) {
      if (untilMs > this.#clock() && this.#entries.size < MAX_REMEMBERED) return;
      this.#entries.delete(token);
    }
  }
}
