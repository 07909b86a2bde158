import type { RoomId, UserId } from "../domain/ids.ts";
import type { RoomChange } from "../domain/live/changes.ts";
import { stateNow } from "../domain/members/membership.ts";
import type { RoomView } from "../domain/rooms/room.ts";
import type { RoomChanges, RoomCursor } from "../store/port/live.ts";
import { Condition } from "./condition.ts";
import type { LiveBatch, LiveChange, LiveSignal } from "./event.ts";
import type { FeedOptions, FeedReader, FeedSources } from "./feed-options.ts";
import { FeedOutput } from "./feed-output.ts";
import { FollowedRoom, type RoomFollower } from "./followed-room.ts";
import { asRemoval, type FrameEncoding, type Removal } from "./frames.ts";
import type { UserListener } from "./hub.ts";
import { Invitations } from "./invitations.ts";
import { LostRooms } from "./lost-rooms.ts";
import type { Outbox } from "./outbox.ts";
import { PageSize } from "./page-size.ts";

/** The most rooms that one query reads changes of, or snapshots. */
const MAX_ROOMS_READ = 500;
const MAX_SNAPSHOTS_READ = 100;
/** The most changes that one query reads, in all rooms. Whoever sends waits while they are encoded: about a millisecond. */
const MAX_CHANGES_READ = 100;
const FIRST_SNAPSHOTS_READ = 50;
/** About the most bytes that one query reads: as much as one write takes. Streams don't share what they read. */
const MAX_BYTES_READ = 64 * 1024;
/** About the most bytes of snapshots that wait for a client at once. */
const MAX_SNAPSHOT_BYTES = 128 * 1024;

/**
 * Sends a user all that happens in their rooms: each room's changes in order, each change once.
 *
 * 1. List the rooms, and listen to each one at the hub before reading it.
 * 2. Catch up: read what the reader misses, in pages, each after the client has taken the one before.
 * 3. Seam: a room with everything that the hub has fanned out goes live at once, without a hole or an overlap.
 * 4. Live: the hub pushes changes into the outbox.
 * 5. Fall behind: a room whose change doesn't fit into the outbox, or is missing, goes back to 2.
 */
export class Feed implements RoomFollower, UserListener, Disposable {
  readonly reader: FeedReader;
  readonly #sources: FeedSources;
  readonly #encoding: FrameEncoding;
  readonly #signal: AbortSignal;
  readonly #userId: UserId;
  readonly #outbox: Outbox;
  /** Notified when there may be something to do: the outbox is empty, or something is to be read. */
  readonly #hasWork: Condition;
  readonly #rooms = new Map<RoomId, FollowedRoom>();
  /** Rooms that catch up. */
  readonly #behind = new Set<FollowedRoom>();
  readonly #invitations = new Invitations();
  readonly #lost = new LostRooms();
  readonly #output: FeedOutput;
  readonly #changesRead = new PageSize(MAX_CHANGES_READ);
  #snapshotsRead = FIRST_SNAPSHOTS_READ;

  constructor(sources: FeedSources, reader: FeedReader, options: FeedOptions<FrameEncoding>) {
    this.#sources = sources;
    this.reader = reader;
    ({ outbox: this.#outbox, encoding: this.#encoding, signal: this.#signal } = options);
    this.#output = new FeedOutput(reader, options);
    this.#userId = reader.actor().id;
    this.#hasWork = new Condition(options.signal);
    sources.hub.listenToUser(this.#userId, this);
  }

  [Symbol.dispose](): void {
    this.#sources.hub.leaveUser(this.#userId, this);
    for (const room of this.#rooms.values()) this.#unfollow(room);
  }

  /** The reader's account has changed. */
  onActorChange(): void {
    for (const room of this.#rooms.values()) room.onActorChange();
  }

  /**
   * Sends what has changed since the cursors, or snapshots of all rooms where there are none, then what happens,
   * until the signal ends it.
   *
   * @throws the signal's reason, ChatError TOO_MANY_IDS, and what the cursors throw; it ends in no other way
   */
  async run(cursors: Iterable<RoomCursor>): Promise<never> {
    await this.#inTurn(() => this.#listRooms(cursors));
    for (;;) {
      await this.#outboxEmpty();
      if (this.#isBehind) await this.#inTurn(() => this.#catchUp());
      if (this.#isBehind) continue;
      if (!this.#output.isReady && !this.#output.begin(this.#rooms)) continue;
      await this.#hasWork.wait();
    }
  }

  get #isBehind(): boolean {
    return this.#behind.size > 0 || this.#invitations.pending.size > 0 || this.#lost.size > 0;
  }

  #inTurn(read: () => Promise<void>): Promise<void> {
    return this.#sources.catchUps.run({ userId: this.#userId, signal: this.#signal }, read);
  }

  async #listRooms(cursors: Iterable<RoomCursor>): Promise<void> {
    const { store, clock } = this.#sources;
    const rooms = await store.listFeedRooms({ userId: this.#userId, nowMs: clock() });
    this.#signal.throwIfAborted();
    const known = new Map<RoomId, number | undefined>();
    for (const { roomId, isJoined } of rooms) {
      if (isJoined) known.set(roomId, undefined);
      // The room is followed already if the invitation was accepted while the list was read.
      else if (!this.#rooms.has(roomId)) this.#invitations.add(roomId);
    }
    for (const { roomId, revision } of cursors) {
      this.#output.resume();
      if (known.has(roomId)) known.set(roomId, revision);
      else if (!this.#rooms.has(roomId)) this.#lost.addCursor(roomId, revision);
    }
    for (const [roomId, revision] of known) this.#follow(roomId, revision);
  }

  onMembership(membership: RoomChange): void {
    const { roomId, change } = membership;
    if (change.kind !== "member") return;
    const state = stateNow(change.member, this.#sources.clock());
    if (this.#invitations.change(roomId, state)) this.#output.lost(roomId, 0, asRemoval(membership));
    // A room that the reader has left says so itself, in its own order.
    if (state === "joined" && !this.#rooms.get(roomId)?.isLive) this.#follow(roomId);
    this.#hasWork.notify();
  }

  /** Starts over in a room that is followed already: what is being read of it may be older than the membership. */
  #follow(roomId: RoomId, revision?: number): void {
    const before = this.#rooms.get(roomId);
    if (before) this.#unfollow(before);
    const room = new FollowedRoom(roomId, this, { nowMs: this.#sources.clock, revision });
    this.#rooms.set(roomId, room);
    this.#behind.add(room);
    this.#sources.hub.listen(roomId, room);
  }

  #unfollow(room: FollowedRoom): void {
    room.stop();
    this.#rooms.delete(room.id);
    this.#behind.delete(room);
    this.#sources.hub.leave(room.id, room);
  }

  /** Waits until nothing is queued behind the write in flight. */
  async #outboxEmpty(): Promise<void> {
    let isEmpty = false;
    this.#outbox.onceEmpty(() => {
      isEmpty = true;
      this.#hasWork.notify();
    });
    while (!isEmpty) await this.#hasWork.wait();
  }

  /** Reads some of what the reader misses. */
  async #catchUp(): Promise<void> {
    // Before a room that the reader is in again: its gap makes the client forget it.
    if (this.#lost.size > 0) await this.#tellLost();
    const roomIds = [...this.#invitations.pending.keys()];
    const rooms: FollowedRoom[] = [];
    for (const room of [...this.#behind]) {
      if (room.needsSnapshot) roomIds.push(room.id);
      else if (room.isLoaded && this.#sources.hub.head(room.id) > room.reached && this.#goLive(room))
        continue;
      else if (rooms.length < MAX_ROOMS_READ) rooms.push(room);
    }
    if (roomIds.length > 0) await this.#readSnapshots(roomIds.slice(0, this.#snapshotsRead));
    else if (rooms.length > 0) await this.#readChanges(rooms);
  }

  async #tellLost(): Promise<void> {
    const lost = await this.#lost.takeAll(this.#sources.store, this.#userId);
    this.#signal.throwIfAborted();
    for (const { roomId, fromRevision, removal } of lost) this.#output.lost(roomId, fromRevision, removal);
  }

  async #readSnapshots(roomIds: readonly RoomId[]): Promise<void> {
    const { store, clock } = this.#sources;
    const asked = new Map(roomIds.map((id) => [id, this.#waiting(id)]));
    const found = await store.readSnapshots({ actor: this.reader.actor(), roomIds, nowMs: clock() });
    this.#signal.throwIfAborted();
    const views = new Map(found.map((view) => [view.room.id, view]));
    for (const [id, waiting] of asked) {
      // A reader who has left and come back meanwhile has started over.
      if (waiting !== this.#waiting(id)) continue;
      const view = views.get(id);
      const isMember = view && stateNow(view.self, clock()) === "joined";
      // An invitation that follows is read once the room that was left has gone.
      if (waiting instanceof FollowedRoom && !isMember) this.#lose(waiting);
      else if (view) this.#queueSnapshot(view);
      else if (this.#invitations.drop(id)) this.#lost.add(id, 0);
    }
    this.#snapshotsRead =
      this.#outbox.queuedBytes > MAX_SNAPSHOT_BYTES ? FIRST_SNAPSHOTS_READ : MAX_SNAPSHOTS_READ;
  }

  /** Returns what needs a snapshot of the room: another object once the reader has left and come back. */
  #waiting(roomId: RoomId): FollowedRoom | symbol | undefined {
    return this.#rooms.get(roomId) ?? this.#invitations.pending.get(roomId);
  }

  #queueSnapshot(view: RoomView): void {
    // The rest is read again later, so that a client that takes nothing holds no page.
    if (this.#outbox.queuedBytes > MAX_SNAPSHOT_BYTES) return;
    const bytes = this.#encoding.snapshot(view);
    const room = this.#rooms.get(view.room.id);
    if (!room) {
      this.#invitations.markSent(view.room.id);
      this.#outbox.send(bytes);
    } else if (this.#outbox.push(bytes)) {
      room.load(view.room.revision, this.#sources.hub.share(view.room), view.self);
      this.#goLive(room);
    }
  }

  async #readChanges(rooms: readonly FollowedRoom[]): Promise<void> {
    const { store, clock } = this.#sources;
    const cursors = rooms.map(({ id, reached }) => ({ roomId: id, revision: reached }));
    const asked = new Set(rooms);
    const read = await store.readChanges({
      ...{ actor: this.reader.actor(), cursors, nowMs: clock() },
      ...{ limit: this.#changesRead.now, maxBytes: MAX_BYTES_READ },
    });
    this.#signal.throwIfAborted();
    this.#changesRead.fit(read.cutAfter);
    for (const changes of read.rooms) {
      const room = this.#rooms.get(changes.roomId);
      if (room && asked.has(room)) this.#takeFound(room, changes);
    }
  }

  #takeFound(room: FollowedRoom, found: RoomChanges): void {
    switch (found.kind) {
      case "lost":
        this.#lose(room);
        return;
      case "ahead":
      case "visibility-changed":
        room.requireSnapshot();
        return;
      case "too-far":
        this.#output.tooFar(room, found.revision);
        room.requireSnapshot();
        return;
      case "changes":
        this.#queueChanges(room, found);
        return;
      default:
        found satisfies never;
    }
  }

  #queueChanges(room: FollowedRoom, found: Extract<RoomChanges, { kind: "changes" }>): void {
    const { id: roomId, reached: fromRevision } = room;
    if (room.noteErased(found.erasedRevision)) {
      this.#output.gap({ roomId, fromRevision, toRevision: found.erasedRevision, reason: "retention" });
    }
    if (found.changes.length > 0 && !this.#outbox.push(this.#encoding.changes(found.changes))) return;
    room.load(found.revision, this.#sources.hub.share(found.room), found.self);
    if (found.isComplete) this.#goLive(room);
  }

  /** Returns false when the hub no longer has all that it has fanned out since the room was read. */
  #goLive(room: FollowedRoom): boolean {
    const missed = this.#sources.hub.recentAfter(room.id, room.reached);
    if (!missed) return false;
    this.#behind.delete(room);
    if (room.goLive(missed)) this.#output.entered(room);
    return true;
  }

  onBatch(batch: LiveBatch): boolean {
    return this.#outbox.push(batch.encoded(this.#encoding));
  }

  onChange(change: LiveChange): boolean {
    return this.#outbox.push(change.encoded(this.#encoding.change));
  }

  onSignal(event: LiveSignal): void {
    this.#output.signal(event);
  }

  onBehind(room: FollowedRoom): void {
    this.#behind.add(room);
    this.#hasWork.notify();
  }

  onLost(room: FollowedRoom, removal: Removal | null): void {
    this.#unfollow(room);
    this.#output.lost(room.id, Math.max(room.reached, 0), removal);
  }

  /** Stops following a room that the store no longer gives to the reader; what ended that is read next. */
  #lose(room: FollowedRoom): void {
    this.#unfollow(room);
    this.#lost.add(room.id, Math.max(room.reached, 0));
  }
}
