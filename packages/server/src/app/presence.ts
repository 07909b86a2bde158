import type { BusEvent } from "../bus/port.ts";
import type { SignedIn } from "../domain/callers.ts";
import type { Presence as PresenceState } from "../domain/changes.ts";
import { ChatError } from "../domain/errors.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import type { Store } from "../store/port/store.ts";
import type { Clock } from "./clock.ts";
import type { LiveSessions } from "./live-sessions.ts";
import { accepted, toActor } from "./refusals.ts";
import type { UserCache } from "./user-cache.ts";

/** How long one counts as there after one's last stream has closed, so that a reconnect is no flicker. */
const GRACE_MS = 5_000;
/** The least time between two signals about the same thing; what comes faster tells nobody anything new. */
const LEAST_INTERVAL_MS = 1_000;
/** How long someone is typing who says nothing more. */
const TYPING_MS = 6_000;
/** In larger rooms nobody is told who comes and goes: everyone would be told of everyone. */
const MAX_ROOM_MEMBERS = 500;

/** What someone says that they are doing. */
export type Activity = "typing" | "online" | "away";

/** What one user may know of whether another is there. */
export interface Sighting {
  readonly online: boolean;
  /** Null while they are there, and of those who never were. */
  readonly lastSeenAtMs: number | null;
}

/** Who is there, and who is typing: told to those who share a room with them, and never stored as a change. */
export interface Presence extends AsyncDisposable {
  /** A stream of a user's has opened, and is open until the result is disposed of. */
  opened(userId: UserId, hidesPresence: boolean): Disposable;
  /**
   * Tells a room that the caller is typing, or everyone whom they share a room with that they are online or away
   * (`roomId` empty). Without an open stream nobody is online or away.
   *
   * @throws ChatError FIELD_REQUIRED, FIELD_INVALID, ROOM_NOT_FOUND, or why the caller may not post in the room
   */
  signal(caller: SignedIn, signal: { roomId: string; activity: Activity }): Promise<void>;
  /**
   * Takes note of what has changed in a room: whoever enters it is told to those who are in it already, and whoever has
   * sent something may be typing again at once.
   */
  changed(event: BusEvent): void;
  isOnline(userId: UserId): boolean;
  /**
   * What the caller may know of members of a room: where both have joined it, nothing of who hides it, and nothing
   * of anyone while the caller does.
   */
  seenBy(
    caller: SignedIn,
    members: { readonly roomId: RoomId; readonly userIds: readonly UserId[] },
  ): Promise<ReadonlyMap<UserId, Sighting>>;
  /** Tells and remembers what is due by now: called every second. */
  settle(): Promise<void>;
}

export interface PresenceOptions {
  readonly store: Pick<Store, "listPresenceRooms" | "touchLastSeen" | "readLastSeen" | "checkTyping">;
  readonly users: UserCache;
  readonly live: LiveSessions;
  /** Tells everyone who listens what has happened. */
  readonly publish: (event: BusEvent) => void;
  readonly clock: Clock;
}

/** Someone who has a stream open, or has had one until just now. */
interface Present {
  readonly userId: UserId;
  streams: number;
  /** When the last stream closed; null while one is open. */
  closedAtMs: number | null;
  isHidden: boolean;
  wanted: "online" | "away";
  /** What the others were told last, and when. */
  told: PresenceState;
  toldAtMs: number;
}

export function createPresence({ store, users, live, publish, clock }: PresenceOptions): Presence {
  const present = new Map<UserId, Present>();
  /** Those whose grace is over, until that has been told and remembered. */
  const leaving = new Set<Present>();
  /** When each user's typing in a room was told last. */
  const typing = new Map<string, number>();
  let running: Promise<void> = Promise.resolve();

  const subscription = live.onUserChanged((userId) => {
    const person = present.get(userId);
    if (person) soon(() => readHiding(person));
  });

  return {
    opened(userId, hidesPresence) {
      const person = present.get(userId) ?? arrive(userId, hidesPresence);
      person.streams++;
      person.closedAtMs = null;
      person.isHidden = hidesPresence;
      soon(() => tell(person));
      let isOpen = true;
      return {
        [Symbol.dispose]() {
          if (!isOpen) return;
          isOpen = false;
          person.streams--;
          if (person.streams === 0) person.closedAtMs = clock();
        },
      };
    },

    async signal(caller, { roomId, activity }) {
      if (activity === "typing") return type(caller, roomId);
      if (roomId !== "") {
        const message = `${activity} is said of oneself, not of a room: leave room_id empty`;
        throw new ChatError("FIELD_INVALID", message, { field: "room_id" });
      }
      const person = present.get(caller.account.id);
      if (!person) return;
      person.wanted = activity;
      if (person.toldAtMs + LEAST_INTERVAL_MS <= clock()) await enqueue(() => tell(person));
    },

    changed(event) {
      if (!("change" in event)) return;
      const { roomId, actorId, change } = event.change;
      if (change.kind === "message" && typing.size > 0) typing.delete(`${actorId} ${roomId}`);
      if (change.kind !== "member") return;
      const { userId, state } = change.member;
      const person = present.get(userId);
      // A change of who is in the room already looks the same: telling what is known is no harm.
      if (person && state === "joined") soon(() => tellRoom(person, roomId));
    },

    isOnline: (userId) => present.has(userId),

    async seenBy({ account }, members) {
      if (account.hidesPresence) return new Map();
      const known = await store.readLastSeen({ viewerId: account.id, ...members, nowMs: clock() });
      return new Map(
        known.map(({ userId, lastSeenAtMs }) => {
          const online = present.has(userId);
          return [userId, { online, lastSeenAtMs: online ? null : lastSeenAtMs }];
        }),
      );
    },

    settle: () => enqueue(settle),

    async [Symbol.asyncDispose]() {
      subscription[Symbol.dispose]();
      await running;
      // What can't be remembered now is not worth holding up the end of the process for.
      await remember([...present.values(), ...leaving]).catch(() => {});
    },
  };

  function arrive(userId: UserId, isHidden: boolean): Present {
    const person: Present = {
      userId,
      streams: 0,
      closedAtMs: null,
      isHidden,
      wanted: "online",
      told: "offline",
      toldAtMs: 0,
    };
    present.set(userId, person);
    return person;
  }

  /** What fails here is tried again by `settle`. */
  function soon(step: () => Promise<void>): void {
    enqueue(step).catch(() => {});
  }

  /** One after the other: what is told last is what is so. */
  function enqueue(step: () => Promise<void>): Promise<void> {
    const next = running.then(step);
    running = next.catch(() => {});
    return next;
  }

  /** Tells the user's rooms what they are now, if that is not what was told last. */
  async function tell(person: Present): Promise<void> {
    if (stateOf(person) === person.told) return;
    const { userId } = person;
    const nowMs = clock();
    const roomIds = await store.listPresenceRooms({ userId, maxMembers: MAX_ROOM_MEMBERS, nowMs });
    // As it is by now: it may have changed meanwhile.
    const presence = stateOf(person);
    if (presence === person.told) return;
    person.told = presence;
    person.toldAtMs = nowMs;
    if (roomIds.length > 0) publish({ signal: { kind: "presence", userId, presence, roomIds } });
  }

  /** Tells one room what the others of the user's have been told before. */
  async function tellRoom(person: Present, roomId: RoomId): Promise<void> {
    const { userId } = person;
    if (stateOf(person) !== person.told) return tell(person);
    if (person.told === "offline") return;
    const told = await store.listPresenceRooms({ userId, maxMembers: MAX_ROOM_MEMBERS, nowMs: clock() });
    if (!told.includes(roomId)) return;
    publish({ signal: { kind: "presence", userId, presence: person.told, roomIds: [roomId] } });
  }

  function stateOf(person: Present): PresenceState {
    return person.isHidden || !present.has(person.userId) ? "offline" : person.wanted;
  }

  async function settle(): Promise<void> {
    const nowMs = clock();
    for (const [key, toldAtMs] of typing) if (toldAtMs + LEAST_INTERVAL_MS <= nowMs) typing.delete(key);
    for (const person of present.values()) {
      if (person.closedAtMs === null || person.closedAtMs + GRACE_MS > nowMs) continue;
      present.delete(person.userId);
      leaving.add(person);
    }
    for (const person of [...present.values(), ...leaving]) await tell(person);
    const gone = [...leaving];
    await remember(gone);
    for (const person of gone) leaving.delete(person);
  }

  async function remember(people: readonly Present[]): Promise<void> {
    const seen = people
      .filter(({ isHidden }) => !isHidden)
      .map(({ userId, closedAtMs }) => ({ userId, atMs: closedAtMs ?? clock() }));
    if (seen.length > 0) await store.touchLastSeen({ users: seen });
  }

  async function readHiding(person: Present): Promise<void> {
    const user = await users.get(person.userId);
    if (!user) return;
    person.isHidden = user.hidesPresence;
    await tell(person);
  }

  async function type(caller: SignedIn, roomId: string): Promise<void> {
    if (roomId === "") {
      throw new ChatError("FIELD_REQUIRED", "room_id is missing: say where", { field: "room_id" });
    }
    const { id: userId, hidesPresence } = caller.account;
    const nowMs = clock();
    const key = `${userId} ${roomId}`;
    const room = roomId as RoomId;
    // Asked each time: whoever has lost the room is told so at once.
    accepted(await store.checkTyping({ actor: toActor(caller), roomId: room, nowMs }));
    if ((typing.get(key) ?? 0) + LEAST_INTERVAL_MS > nowMs) return;
    typing.set(key, nowMs);
    if (hidesPresence) return;
    publish({ signal: { kind: "typing", roomId: room, userId, expiresAtMs: nowMs + TYPING_MS } });
  }
}
