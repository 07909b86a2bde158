import type { RoomId, SessionId, UserId } from "../../domain/ids.ts";
import { isAmong, MAX_PRESENCE_MEMBERS, type Presence } from "../../domain/live/changes.ts";
import type { PresenceRooms } from "../../store/port/presence.ts";
import type { Store } from "../../store/port/store.ts";
import { type Clock, isRecent } from "../clock.ts";
import type { Publish } from "../publishing.ts";
import type { UserCache } from "../users/user-cache.ts";
import { Person, type PresenceSignal } from "./person.ts";
import { PresentRooms } from "./present-rooms.ts";
import { LEAST_INTERVAL_MS } from "./typing.ts";

export interface PeopleOptions {
  readonly store: Pick<Store, "listPresenceRooms" | "touchLastSeen">;
  readonly users: UserCache;
  readonly publish: Publish;
  readonly clock: Clock;
}

/** A session of a user's. */
export interface PresenceSession {
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

/** Everyone who has a stream open: tells their rooms who comes and goes, and remembers when. */
export class People implements AsyncDisposable {
  readonly #options: PeopleOptions;
  readonly #present = new Map<UserId, Person>();
  /** People whose grace is over, until their rooms know it and the store remembers it. */
  readonly #leaving = new Set<Person>();
  /** The people whose rooms know that they are there. */
  readonly #rooms = new PresentRooms<Person>();
  #running: Promise<void> = Promise.resolve();

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** Opens a stream of a session, which is open until the result is disposed of. */
  opened(session: PresenceSession, hidesPresence: boolean): Disposable {
    const { userId, sessionId } = session;
    const person = this.#present.get(userId) ?? new Person(userId);
    this.#present.set(userId, person);
    const close = person.open(sessionId);
    person.isHidden = hidesPresence;
    this.#soon(() => this.#tell(person));
    let isOpen = true;
    return {
      [Symbol.dispose]: () => {
        if (isOpen) close(this.#options.clock());
        isOpen = false;
      },
    };
  }

  presenceOf(userId: UserId): Presence {
    return this.#present.get(userId)?.presence ?? "offline";
  }

  /** Yields what is known of everyone in these rooms who is there, without those whom the viewer may not see. */
  *presentIn(viewerId: UserId, roomIds: readonly RoomId[]): Generator<PresenceSignal> {
    for (const { userId, told } of this.#rooms.peopleIn(roomIds)) {
      if (userId !== viewerId && told && isAmong(told.audience, viewerId)) yield told;
    }
  }

  /** Takes note of what a user says of themselves in one session; without an open stream it is neither. */
  async want(
    { userId, sessionId }: PresenceSession,
    activity: "online" | "away",
    nowMs: number,
  ): Promise<void> {
    const person = this.#present.get(userId);
    if (!person?.setActivity(sessionId, activity)) return;
    if (!isRecent(person.toldAtMs, nowMs, LEAST_INTERVAL_MS)) await this.#enqueue(() => this.#tell(person));
  }

  /** A user is in a room now: those who are in it already are told of them. */
  joined(userId: UserId, roomId: RoomId): void {
    const person = this.#present.get(userId);
    if (person) this.#soon(() => this.#tellRoom(person, roomId));
  }

  /** A user is no longer in a room: who comes to it from now on is not told of them. */
  left(userId: UserId, roomId: RoomId): void {
    const person = this.#present.get(userId);
    if (person) this.#rooms.leave(person, roomId);
  }

  /** A user has changed, and may hide their presence now. */
  userChanged(userId: UserId): void {
    const person = this.#present.get(userId);
    if (person) this.#soon(() => this.#readHiding(person));
  }

  /** Call it when a user blocks another or stops: each learns of the other as much as they may know from now on. */
  blockChanged(userId: UserId, otherId: UserId): void {
    const pairs = [
      [userId, otherId],
      [otherId, userId],
    ] as const;
    for (const [id, hearerId] of pairs) {
      const person = this.#present.get(id);
      if (person) this.#soon(() => this.#tellOther(person, hearerId));
    }
  }

  /** Tells and remembers what is due by now. */
  settle(): Promise<void> {
    return this.#enqueue(() => this.#settle());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running;
    // The process ends even if the store can't remember it.
    await this.#remember([...this.#present.values(), ...this.#leaving]).catch(() => {});
  }

  /** Runs a step in the background. `settle` tries again what fails. */
  #soon(step: () => Promise<void>): void {
    this.#enqueue(step).catch(() => {});
  }

  /** Runs steps one after the other, so that the last news is true. */
  #enqueue(step: () => Promise<void>): Promise<void> {
    const next = this.#running.then(step);
    this.#running = next.catch(() => {});
    return next;
  }

  /** Tells the user's rooms what they are now, if that is not what was told last. */
  async #tell(person: Person): Promise<void> {
    if (person.presence === person.toldPresence) return;
    const nowMs = this.#options.clock();
    const found = await this.#listRooms(person.userId, nowMs);
    // As it is by now: it may have changed meanwhile.
    if (person.presence === person.toldPresence) return;
    person.toldAtMs = nowMs;
    const signal = this.#remake(person, person.presence, found);
    // Rooms that know that they are there learn that they go, even rooms that they have left.
    const roomIds = signal.presence === "offline" ? [...person.toldIn] : found.roomIds;
    if (signal.presence === "offline") person.toldIn.clear();
    if (roomIds.length > 0) this.#options.publish({ signal: { ...signal, roomIds } });
  }

  /** Tells one room what the others of the user's have been told before. */
  async #tellRoom(person: Person, roomId: RoomId): Promise<void> {
    if (person.presence !== person.toldPresence) return this.#tell(person);
    if (person.toldPresence === "offline") return;
    const found = await this.#listRooms(person.userId, this.#options.clock());
    const signal = this.#remake(person, person.toldPresence, found);
    if (found.roomIds.includes(roomId)) this.#options.publish({ signal: { ...signal, roomIds: [roomId] } });
  }

  /** Tells one other what the user is, or that they are offline, since a block hides it from now on. */
  async #tellOther(person: Person, otherId: UserId): Promise<void> {
    if (person.toldPresence === "offline") return;
    const found = await this.#listRooms(person.userId, this.#options.clock());
    const signal = this.#remake(person, person.toldPresence, found);
    const presence = isAmong(signal.audience, otherId) ? signal.presence : "offline";
    this.#options.publish({ signal: { ...signal, audience: { only: otherId }, presence } });
  }

  /** Keeps what is known of a person, for those who come later. */
  #remake(person: Person, presence: Presence, { roomIds, walledOff }: PresenceRooms): PresenceSignal {
    const { userId } = person;
    if (presence !== "offline") for (const roomId of roomIds) person.toldIn.add(roomId);
    person.told = { kind: "presence", userId, audience: { allBut: walledOff }, presence, roomIds };
    this.#rooms.put(person, presence === "offline" ? [] : roomIds);
    return person.told;
  }

  #listRooms(userId: UserId, nowMs: number): Promise<PresenceRooms> {
    return this.#options.store.listPresenceRooms({ userId, maxMembers: MAX_PRESENCE_MEMBERS, nowMs });
  }

  async #settle(): Promise<void> {
    const nowMs = this.#options.clock();
    for (const person of this.#present.values()) {
      person.settle(nowMs);
      if (!person.isGone) continue;
      this.#present.delete(person.userId);
      this.#leaving.add(person);
    }
    for (const person of [...this.#present.values(), ...this.#leaving]) await this.#tell(person);
    const gone = [...this.#leaving];
    await this.#remember(gone);
    for (const person of gone) this.#leaving.delete(person);
  }

  async #remember(people: readonly Person[]): Promise<void> {
    const { store, clock } = this.#options;
    const nowMs = clock();
    const seen = people
      .filter(({ isHidden }) => !isHidden)
      .map((person) => ({ userId: person.userId, atMs: person.lastSeenMs(nowMs) }));
    if (seen.length > 0) await store.touchLastSeen({ users: seen });
  }

  async #readHiding(person: Person): Promise<void> {
    const user = await this.#options.users.get(person.userId);
    if (!user) return;
    person.isHidden = user.hidesPresence;
    await this.#tell(person);
  }
}
