import type { RoomId, SessionId, UserId } from "../../domain/ids.ts";
import type { Presence, Signal } from "../../domain/live/changes.ts";

/** Someone whose last stream has closed still counts as there for this long, so that a reconnect is no flicker. */
const GRACE_MS = 5_000;

/** A presence that others are told of. */
export type PresenceSignal = Extract<Signal, { readonly kind: "presence" }>;

/** A session that has a stream open, or has had one until just now. */
interface PresentSession {
  streams: number;
  /** When the last stream closed; null while one is open. */
  closedAtMs: number | null;
  activity: "online" | "away";
}

/** Someone who has a stream open, or has had one until just now. Of their sessions, the most present one counts. */
export class Person {
  readonly userId: UserId;
  isHidden = false;
  /** The signal that others got last; null before the first. */
  told: PresenceSignal | null = null;
  toldAtMs = 0;
  /** The rooms that were told that they are there. They may have left some since. */
  readonly toldIn = new Set<RoomId>();
  readonly #sessions = new Map<SessionId, PresentSession>();
  #leftAtMs = 0;

  constructor(userId: UserId) {
    this.userId = userId;
  }

  get presence(): Presence {
    if (this.isHidden || this.#sessions.size === 0) return "offline";
    for (const { activity } of this.#sessions.values()) if (activity === "online") return "online";
    return "away";
  }

  get toldPresence(): Presence {
    return this.told?.presence ?? "offline";
  }

  /** They have no session any more. */
  get isGone(): boolean {
    return this.#sessions.size === 0;
  }

  /** Opens a stream, and returns what closes it. */
  open(sessionId: SessionId): (nowMs: number) => void {
    const known = this.#sessions.get(sessionId);
    const session: PresentSession = known ?? { streams: 0, closedAtMs: null, activity: "online" };
    this.#sessions.set(sessionId, session);
    session.streams++;
    session.closedAtMs = null;
    return (nowMs) => {
      session.streams--;
      if (session.streams === 0) session.closedAtMs = nowMs;
    };
  }

  /** Returns false for a session without a stream. */
  setActivity(sessionId: SessionId, activity: PresentSession["activity"]): boolean {
    const session = this.#sessions.get(sessionId);
    if (session) session.activity = activity;
    return session !== undefined;
  }

  /** Forgets the sessions that have had no stream for longer than the grace. */
  settle(nowMs: number): void {
    for (const [sessionId, session] of this.#sessions) {
      if (session.closedAtMs === null) continue;
      // The clock may have gone back.
      session.closedAtMs = Math.min(session.closedAtMs, nowMs);
      if (session.closedAtMs + GRACE_MS > nowMs) continue;
      this.#sessions.delete(sessionId);
      this.#leftAtMs = Math.max(this.#leftAtMs, session.closedAtMs);
    }
  }

  /** The time when they last had a stream open. */
  lastSeenMs(nowMs: number): number {
    const ends = [...this.#sessions.values()].map(({ closedAtMs }) => closedAtMs ?? nowMs);
    return Math.max(this.#leftAtMs, ...ends);
  }
}
