import { ChatError } from "../../domain/errors.ts";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { LiveSession } from "../../store/port/sessions.ts";
import type { Store } from "../../store/port/store.ts";
import type { Clock } from "../clock.ts";
import { TtlCache } from "../ttl-cache.ts";

/** After this time the store is asked again if a session lives. A session that ends on this node is known at once. */
const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 20_000;

type OnEnded = (sessionIds: readonly SessionId[], why: ChatError) => void;
type OnUserChanged = (userId: UserId) => void;

/** The sessions that live, with their users as they are. Calls back everyone who has to act when one ends. */
export class LiveSessions {
  readonly #store: Pick<Store, "findSession">;
  readonly #clock: Clock;
  readonly #remembered: TtlCache<SessionId, LiveSession>;
  readonly #onEnded = new Set<OnEnded>();
  readonly #onUserChanged = new Set<OnUserChanged>();

  constructor(store: Pick<Store, "findSession">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#remembered = new TtlCache(clock, REMEMBER_MS, MAX_REMEMBERED);
  }

  /** At once, if it was asked lately. @throws ChatError SESSION_REVOKED */
  get(sessionId: SessionId): LiveSession | Promise<LiveSession> {
    const live = this.#remembered.get(sessionId, () => this.#read(sessionId));
    return live instanceof Promise ? live : this.#ifNotExpired(live);
  }

  /** Calls back with the sessions that end from now on, on this node, and what their streams are told. */
  onEnded(callback: OnEnded): Disposable {
    this.#onEnded.add(callback);
    return { [Symbol.dispose]: () => void this.#onEnded.delete(callback) };
  }

  /** Calls back with the users whose profile, role or state changes from now on, on this node. */
  onUserChanged(callback: OnUserChanged): Disposable {
    this.#onUserChanged.add(callback);
    return { [Symbol.dispose]: () => void this.#onUserChanged.delete(callback) };
  }

  /** Says that sessions have ended: their next call is refused and their streams end. */
  ended(sessionIds: readonly SessionId[], why: ChatError = revoked()): void {
    if (sessionIds.length === 0) return;
    for (const sessionId of sessionIds) this.#remembered.forget(sessionId);
    for (const callback of this.#onEnded) callback(sessionIds, why);
  }

  /** Says that a user has changed: their sessions are read again, and their streams are looked at again. */
  userChanged(userId: UserId): void {
    this.#remembered.forgetWhere(({ user }) => user.id === userId);
    for (const callback of this.#onUserChanged) callback(userId);
  }

  async #read(sessionId: SessionId): Promise<LiveSession> {
    const live = await this.#store.findSession({ sessionId, nowMs: this.#clock() });
    if (!live) throw revoked();
    return live;
  }

  #ifNotExpired(live: LiveSession): LiveSession {
    if (live.session.expiresAtMs > this.#clock()) return live;
    this.ended([live.session.id]);
    throw revoked();
  }
}

export function revoked(): ChatError {
  return new ChatError("SESSION_REVOKED", "this session has ended: sign in again");
}
