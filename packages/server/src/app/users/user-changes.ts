import type { RoomId, UserId } from "../../domain/ids.ts";
import { MAX_PRESENCE_MEMBERS } from "../../domain/live/changes.ts";
import { userNow } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import { type Clock, isRecent } from "../clock.ts";
import type { Publish } from "../publishing.ts";
import type { LiveSessions } from "../sessions/live-sessions.ts";
import type { UserCache } from "./user-cache.ts";

/** Others are told of one user's changes at most this often; what changes meanwhile is told together. */
const LEAST_INTERVAL_MS = 1_000;

interface UserChangesOptions {
  readonly store: Pick<Store, "findUser" | "listPresenceRooms" | "listGuestsRenamedFor">;
  readonly users: UserCache;
  readonly live: LiveSessions;
  readonly publish: Publish;
  readonly clock: Clock;
}

/**
 * Makes a change of a user known: to this server's caches and the user's streams at once, and to everyone who shares a room
 * of at most 500 members with them. Call it after every change of a profile, a role or a state.
 */
export class UserChanges implements AsyncDisposable {
  readonly #options: UserChangesOptions;
  /** When each user was told of last; forgotten after the interval. */
  readonly #toldAtMs = new Map<UserId, number>();
  /** Users who have changed again since. */
  readonly #due = new Set<UserId>();
  #running: Promise<void> = Promise.resolve();

  constructor(options: UserChangesOptions) {
    this.#options = options;
  }

  changed(userId: UserId): void {
    this.#forget(userId);
    const nowMs = this.#options.clock();
    const toldAtMs = this.#toldAtMs.get(userId);
    if (toldAtMs !== undefined && isRecent(toldAtMs, nowMs, LEAST_INTERVAL_MS)) {
      this.#due.add(userId);
      return;
    }
    this.#toldAtMs.set(userId, nowMs);
    // A failed one is told with the next that are due.
    this.#enqueue(() => this.#tell(userId)).catch(() => this.#due.add(userId));
  }

  /** An account has taken a handle: the guests who were called so have another name now. */
  handleTaken(handleKey: string): void {
    const { store, users } = this.#options;
    users.forgetGuests(handleKey);
    this.#enqueue(async () => {
      for (const userId of await store.listGuestsRenamedFor({ handleKey })) this.changed(userId);
    }).catch(() => {});
  }

  /** @param roomIds the rooms that the user was in until now */
  erased(userId: UserId, roomIds: readonly RoomId[]): void {
    this.#forget(userId);
    this.#enqueue(() => this.#tell(userId, roomIds)).catch(() => {});
  }

  /** Tells what is due by now: called every second. */
  settle(): Promise<void> {
    const nowMs = this.#options.clock();
    for (const [userId, toldAtMs] of this.#toldAtMs) {
      if (!isRecent(toldAtMs, nowMs, LEAST_INTERVAL_MS)) this.#toldAtMs.delete(userId);
    }
    const due = [...this.#due].filter((userId) => !this.#toldAtMs.has(userId));
    return this.#enqueue(async () => {
      for (const userId of due) {
        await this.#tell(userId);
        this.#due.delete(userId);
        this.#toldAtMs.set(userId, nowMs);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running;
  }

  #forget(userId: UserId): void {
    this.#options.users.forget(userId);
    this.#options.live.userChanged(userId);
  }

  async #tell(userId: UserId, inRooms?: readonly RoomId[]): Promise<void> {
    const { store, publish, clock } = this.#options;
    const nowMs = clock();
    const query = { userId, maxMembers: MAX_PRESENCE_MEMBERS, nowMs };
    const roomIds = inRooms ?? (await store.listPresenceRooms(query)).roomIds;
    const user = await store.findUser({ userId });
    if (!user) return;
    const audience = { allBut: [] };
    publish({ signal: { kind: "profile", userId, audience, user: userNow(user, nowMs), roomIds } });
  }

  /** Runs steps one after the other, so that the last news of a user is true. */
  #enqueue(step: () => Promise<void>): Promise<void> {
    const next = this.#running.then(step);
    this.#running = next.catch(() => {});
    return next;
  }
}
