// Longer than other files: reading, queueing and going live share what must change without anything awaited in between.
import type { RoomChange } from "../domain/changes.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import { stateNow } from "../domain/membership.ts";
import type { RoomChanges, RoomCursor } from "../store/port/feeds.ts";
import type { Actor } from "../store/port/outcomes.ts";
import type { LiveBatch, LiveChange, LiveSignal } from "./event.ts";
import type { FeedOptions, FeedSources } from "./feed-options.ts";
import { FollowedRoom, NOTHING, type RoomFollower } from "./followed-room.ts";
import type { Gap, ResumeOutcome } from "./frames.ts";
import type { UserListener } from "./hub.ts";
import { Invitations } from "./invitations.ts";
import { MAX_QUEUED_BYTES, Outbox } from "./outbox.ts";
import { WakeUp } from "./wake-up.ts";

/** How many rooms, and how many changes in all, are read at once. */
const MAX_ROOMS_READ = 500;
const MAX_CHANGES_READ = 500;
const FIRST_SNAPSHOTS_READ = 50;
/** How far a feed reads ahead of the socket. What is read from the store is this stream's alone: nobody shares it. */
const MAX_READ_AHEAD_BYTES = 256 * 1024;

/**
 * All that happens in one person's rooms, in the order of each room, each change once.
 *
 * A room either catches up (what has changed is read from the store, in pages, each when the socket has taken
 * the one before) or is live (the hub pushes into the outbox). The feed listens to the hub from before the first
 * read on, and a room goes live only when all has been read that the hub has fanned out, so nothing falls between
 * the two. What no longer fits into a slow reader's queue makes its room catch up again.
 */
export class Feed implements RoomFollower, UserListener, Disposable {
  readonly #sources: FeedSources;
  readonly #options: FeedOptions;
  readonly #outbox: Outbox;
  readonly #wakeUp: WakeUp;
  readonly #rooms = new Map<RoomId, FollowedRoom>();
  /** Rooms that catch up. */
  readonly #behind = new Set<FollowedRoom>();
  readonly #invitations = new Invitations();
  readonly #userId: UserId;
  #outcome: ResumeOutcome = "fresh";
  #isReady = false;
  #snapshotsRead = FIRST_SNAPSHOTS_READ;
  #lastSignal: LiveSignal | null = null;

  constructor(sources: FeedSources, options: FeedOptions) {
    const { hub, stallWatch } = sources;
    this.#sources = sources;
    this.#options = options;
    this.#wakeUp = new WakeUp(options.signal);
    this.#outbox = new Outbox(options.writer, {
      joiner: options.encoding.joiner,
      onStalled: options.onStalled,
    });
    this.#userId = options.reader.actor().id;
    stallWatch.add(this.#outbox);
    hub.listenToUser(this.#userId, this);
  }

  actor(): Actor {
    return this.#options.reader.actor();
  }

  /** The bytes that wait for the client. */
  get queuedBytes(): number {
    return this.#outbox.queuedBytes;
  }

  /** The account that the feed is for is another now, or may do other things. */
  changeActor(): void {
    for (const room of this.#rooms.values()) room.forgetSight();
  }

  /** Queues a frame that must reach the client. */
  send(frame: Buffer): void {
    this.#outbox.keep(frame);
  }

  /** Calls back once the client has taken all that was queued. Never, on a stream that has ended. */
  onceDrained(callback: () => void): void {
    this.#outbox.onceDrained(callback);
  }

  /**
   * Sends what has changed since the cursors, or snapshots of all rooms where there are none, then what happens,
   * until the signal ends it.
   *
   * @throws the signal's reason; it ends in no other way
   */
  async run(cursors: readonly RoomCursor[]): Promise<never> {
    const { store, clock } = this.#sources;
    const rooms = await store.listFeedRooms({ userId: this.#userId, nowMs: clock() });
    this.#options.signal.throwIfAborted();
    const known = new Map(cursors.map(({ roomId, revision }) => [roomId, revision]));
    if (cursors.length > 0) this.#outcome = "resumed";
    for (const { roomId, isJoined } of rooms) {
      if (isJoined) this.#follow(roomId, known.get(roomId) ?? NOTHING);
      // Where the invitation was accepted while the list was read, the room is followed already.
      else if (!this.#rooms.has(roomId)) this.#invitations.add(roomId);
    }
    for (const [roomId, revision] of known) {
      if (!this.#rooms.has(roomId)) this.#sendGap(roomId, revision, 0, "access-changed");
    }
    for (;;) {
      await this.#emptied();
      if (await this.#readOn()) continue;
      if (!this.#isReady) {
        this.#isReady = true;
        this.send(this.#options.encoding.ready(this.#outcome));
      }
      await this.#wakeUp.wait();
    }
  }

  onBatch(room: FollowedRoom, batch: LiveBatch): boolean {
    return this.#push(room, batch.encoded(this.#options.encoding));
  }

  onChange(room: FollowedRoom, change: LiveChange): boolean {
    return this.#push(room, change.encoded(this.#options.encoding.change));
  }

  #push(room: FollowedRoom, response: Buffer): boolean {
    if (this.#outbox.push(response)) return true;
    this.onBehind(room);
    return false;
  }

  onSignal(_room: FollowedRoom, event: LiveSignal): void {
    const { value } = event;
    const isOwn = value.kind !== "read" && value.userId === this.#userId;
    // Someone's presence comes with every room that is shared with them.
    if (isOwn || event === this.#lastSignal || !this.#isReady) return;
    if (value.kind === "presence" && !this.#options.reader.seesPresence()) return;
    this.#lastSignal = event;
    if (this.#outbox.queuedBytes > MAX_QUEUED_BYTES / 2) return;
    this.#outbox.push(event.encoded(this.#options.encoding.signal));
  }

  onBehind(room: FollowedRoom): void {
    room.isLive = false;
    this.#behind.add(room);
    this.#wakeUp.wake();
  }

  onLost(room: FollowedRoom): void {
    const { reached } = room;
    this.#unfollow(room);
    this.#rooms.delete(room.id);
    this.#sendGap(room.id, Math.max(reached, 0), 0, "access-changed");
  }

  onMembership({ roomId, change }: RoomChange): void {
    if (change.kind !== "member") return;
    const state = stateNow(change.member, this.#sources.clock());
    if (this.#invitations.change(roomId, state)) this.#sendGap(roomId, 0, 0, "access-changed");
    // Leaving a room is told by the room itself.
    if (state === "joined" && !this.#rooms.get(roomId)?.isLive) this.#follow(roomId, NOTHING);
    this.#wakeUp.wake();
  }

  [Symbol.dispose](): void {
    this.#outbox[Symbol.dispose]();
    this.#sources.stallWatch.remove(this.#outbox);
    this.#sources.hub.leaveUser(this.#userId, this);
    for (const room of this.#rooms.values()) this.#unfollow(room);
    this.#rooms.clear();
    this.#behind.clear();
  }

  /** Begins anew where the room is followed already: what is being read of it may be from before. */
  #follow(roomId: RoomId, reached: number): void {
    const before = this.#rooms.get(roomId);
    if (before) this.#unfollow(before);
    const room = new FollowedRoom(roomId, reached, { follower: this, nowMs: this.#sources.clock });
    this.#rooms.set(roomId, room);
    this.#behind.add(room);
    this.#sources.hub.listen(roomId, room);
  }

  #unfollow(room: FollowedRoom): void {
    room.isLive = false;
    this.#behind.delete(room);
    this.#sources.hub.leave(room.id, room);
  }

  /** Reads some of what is missing. False when nothing is. */
  async #readOn(): Promise<boolean> {
    const snapshots = [...this.#invitations.untold.keys()];
    const cursors: RoomCursor[] = [];
    for (const room of [...this.#behind]) {
      const { id, reached } = room;
      if (reached === NOTHING) snapshots.push(id);
      else if (room.isKnown && this.#sources.hub.head(id) > reached && this.#goOn(room)) continue;
      else if (cursors.length < MAX_ROOMS_READ) cursors.push({ roomId: id, revision: reached });
    }
    if (snapshots.length > 0) await this.#readSnapshots(snapshots.slice(0, this.#snapshotsRead));
    else if (cursors.length > 0) await this.#readChanges(cursors);
    return this.#behind.size > 0 || this.#invitations.untold.size > 0;
  }

  async #readSnapshots(roomIds: readonly RoomId[]): Promise<void> {
    const { store, clock } = this.#sources;
    const asked = new Map(roomIds.map((id) => [id, this.#rooms.get(id)]));
    const invitations = new Map(this.#invitations.untold);
    const views = await store.readSnapshots({ actor: this.actor(), roomIds, nowMs: clock() });
    this.#options.signal.throwIfAborted();
    const missing = new Set(roomIds);
    let sentBytes = 0;
    for (const view of views) {
      const { id } = view.room;
      missing.delete(id);
      if (asked.get(id) !== this.#rooms.get(id)) continue;
      // The rest is read again later, so that a client that takes nothing holds no page.
      if (sentBytes > MAX_READ_AHEAD_BYTES) continue;
      const bytes = this.#options.encoding.snapshot(view);
      sentBytes += bytes.length;
      const room = this.#rooms.get(id);
      if (room) {
        if (!this.#outbox.push(bytes)) continue;
        room.learn(this.#sources.hub.share(view.room), view.self);
        room.reached = view.room.revision;
        this.#goOn(room);
      } else if (this.#invitations.tell(id)) {
        this.send(bytes);
      }
    }
    this.#snapshotsRead = sentBytes > MAX_READ_AHEAD_BYTES ? FIRST_SNAPSHOTS_READ : MAX_ROOMS_READ;
    for (const id of missing) {
      this.#invitations.forget(id, invitations.get(id));
      const room = this.#rooms.get(id);
      if (room && room === asked.get(id)) this.onLost(room);
    }
  }

  async #readChanges(cursors: readonly RoomCursor[]): Promise<void> {
    const { store, clock } = this.#sources;
    const query = { actor: this.actor(), cursors, limit: MAX_CHANGES_READ, nowMs: clock() };
    const asked = new Map(cursors.map(({ roomId }) => [roomId, this.#rooms.get(roomId)]));
    const found = await store.readChanges(query);
    this.#options.signal.throwIfAborted();
    let sentBytes = 0;
    for (const changes of found) {
      const room = this.#rooms.get(changes.roomId);
      // Who has left and come back meanwhile begins anew.
      if (!room || room !== asked.get(room.id)) continue;
      if (sentBytes > MAX_READ_AHEAD_BYTES) return;
      sentBytes += this.#takeChanges(room, changes, MAX_READ_AHEAD_BYTES - sentBytes);
    }
  }

  /** Queues what was found of one room, as much as fits, and gives its size. */
  #takeChanges(room: FollowedRoom, found: RoomChanges, maxBytes: number): number {
    switch (found.kind) {
      case "lost":
        this.onLost(room);
        return 0;
      case "ahead":
      case "sight-changed":
        room.reached = NOTHING;
        return 0;
      case "too-far": {
        const reason = this.#isReady ? "slow-consumer" : "too-far-behind";
        this.#sendGap(room.id, room.reached, found.revision, reason);
        room.reached = NOTHING;
        return 0;
      }
      case "changes":
        break;
      default:
        return found satisfies never;
    }
    if (found.erasedRevision > room.erasedTold) {
      room.erasedTold = found.erasedRevision;
      this.#sendGap(room.id, room.reached, found.erasedRevision, "retention");
    }
    let sentBytes = 0;
    for (const change of found.changes) {
      if (sentBytes > maxBytes) return sentBytes;
      const bytes = this.#options.encoding.change(change);
      if (!this.#outbox.push(bytes)) return maxBytes;
      sentBytes += bytes.length;
      room.reached = change.revision;
    }
    room.reached = found.revision;
    room.learn(this.#sources.hub.share(found.room), found.self);
    if (found.isComplete) this.#goOn(room);
    return sentBytes;
  }

  /**
   * Queues what the hub has fanned out since the room was read, and lets it push from here on: nothing is awaited in
   * between. What doesn't fit is left for the next time. False when the hub does not have all of it any more.
   */
  #goOn(room: FollowedRoom): boolean {
    const missed = this.#sources.hub.recentAfter(room.id, room.reached);
    if (!missed) return false;
    const nowMs = this.#sources.clock();
    room.isLive = true;
    this.#behind.delete(room);
    for (const batch of missed) {
      room.onChanges(batch, nowMs);
      if (!room.isLive) break;
    }
    return true;
  }

  #sendGap(roomId: RoomId, fromRevision: number, toRevision: number, reason: Gap["reason"]): void {
    if (!this.#isReady) this.#outcome = "partial";
    this.send(this.#options.encoding.gap({ roomId, fromRevision, toRevision, reason }));
  }

  /** Until the client has taken so much that nothing waits behind what it is taking. */
  async #emptied(): Promise<void> {
    for (let isEmpty = false; !isEmpty; ) {
      const woken = this.#wakeUp.wait();
      this.#outbox.onceEmpty(() => {
        isEmpty = true;
        this.#wakeUp.wake();
      });
      await woken;
    }
  }
}
