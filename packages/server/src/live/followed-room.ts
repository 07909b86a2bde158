import { readableFrom } from "../domain/access/decide.ts";
import type { RoomId } from "../domain/ids.ts";
import { type Change, MAX_PRESENCE_MEMBERS } from "../domain/live/changes.ts";
import { nextEndOf, stateNow } from "../domain/members/membership.ts";
import type { Member, Room } from "../domain/rooms/room.ts";
import type { LiveBatch, LiveChange, LiveSignal } from "./event.ts";
import type { FeedReader } from "./feed-options.ts";
import { asRemoval, type Removal } from "./frames.ts";
import type { RoomListener } from "./hub.ts";

/** The revision of a reader who knows nothing of the room yet. */
const NOTHING = -1;

/** Receives what a live room has for the stream's reader, and is called when the room leaves that state. */
export interface RoomFollower {
  readonly reader: Pick<FeedReader, "actor">;
  /** Sends the room's next changes; the reader may see all of them. Returns false when they don't fit. */
  onBatch(batch: LiveBatch): boolean;
  /** Sends the room's next change. Returns false when it doesn't fit. */
  onChange(change: LiveChange): boolean;
  onSignal(event: LiveSignal): void;
  /** Called when the room is no longer live, because a change didn't fit or was missing. */
  onBehind(room: FollowedRoom): void;
  /** Called when the reader may see nothing more of the room; `removal` if another has just removed them. */
  onLost(room: FollowedRoom, removal: Removal | null): void;
}

/**
 * One room of one stream: how far the stream has come in it, and what the reader may see of it. The room is either
 * catching up or live; only its own methods change that.
 */
export class FollowedRoom implements RoomListener {
  readonly id: RoomId;
  readonly #follower: RoomFollower;
  readonly #nowMs: () => number;
  #reached: number;
  #isLive = false;
  #wasLive = false;
  #erasedUpTo = 0;
  #room: Room | null = null;
  #self: Member | null = null;
  /** The oldest message that the reader may see; to be worked out again from `#validUntilMs` on. */
  #firstSeq = Number.POSITIVE_INFINITY;
  #validUntilMs = 0;
  /** The value of `#firstSeq` at the last change. Changes of older messages were left out. */
  #sentFromSeq = Number.POSITIVE_INFINITY;

  /** @param revision what the client knows already; left out when it needs a snapshot */
  constructor(id: RoomId, follower: RoomFollower, { nowMs, revision = NOTHING }: FollowedRoomOptions) {
    this.id = id;
    this.#follower = follower;
    this.#nowMs = nowMs;
    this.#reached = revision;
  }

  /** All changes up to this revision have been queued. Negative before there was a snapshot. */
  get reached(): number {
    return this.#reached;
  }

  get needsSnapshot(): boolean {
    return this.#reached === NOTHING;
  }

  /** The hub pushes the room's changes. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Others in the room may be told of each other. */
  get isSmall(): boolean {
    return this.#room !== null && this.#room.memberCount <= MAX_PRESENCE_MEMBERS;
  }

  /** The room has been read at least once, so it is known what the reader may see. */
  get isLoaded(): boolean {
    return this.#room !== null;
  }

  /** Only a snapshot can bring the reader up to date. */
  requireSnapshot(): void {
    this.#reached = NOTHING;
  }

  /** Everything up to the revision has been read and queued; `room` and `self` are as of then. */
  load(revision: number, room: Room, self: Member | null): void {
    this.#reached = revision;
    this.#update(room, self);
    this.#sentFromSeq = this.#findFirstSeq();
  }

  /** Notes that retention has erased changes up to the revision. Returns false when the reader knows that already. */
  noteErased(revision: number): boolean {
    if (revision <= this.#erasedUpTo) return false;
    this.#erasedUpTo = revision;
    return true;
  }

  /**
   * From now on takes changes from the hub, after those that the hub has fanned out since the room was read. Returns true the
   * first time.
   */
  goLive(missed: readonly LiveBatch[]): boolean {
    const isFirst = !this.#wasLive;
    this.#isLive = true;
    this.#wasLive = true;
    const nowMs = this.#nowMs();
    for (const batch of missed) this.onChanges(batch, nowMs);
    return isFirst;
  }

  /** Takes nothing more from the hub. */
  stop(): void {
    this.#isLive = false;
  }

  /** The reader's account has changed, and with it what they may see. */
  onActorChange(): void {
    this.#validUntilMs = 0;
  }

  onChanges(batch: LiveBatch, nowMs: number): void {
    if (!this.#isLive || batch.lastRevision <= this.#reached) return;
    const firstSeq = nowMs < this.#validUntilMs ? this.#firstSeq : this.#findFirstSeq();
    const isWhole = batch.firstRevision === this.#reached + 1 && batch.firstSeq >= firstSeq;
    if (isWhole && !batch.changesVisibility && firstSeq === this.#sentFromSeq) {
      if (this.#follower.onBatch(batch)) this.#reached = batch.lastRevision;
      else this.#fallBehind();
      return;
    }
    for (const event of batch.events) {
      this.#onChange(event);
      if (!this.#isLive) return;
    }
  }

  onSignal(event: LiveSignal): void {
    if (!this.#isLive || !this.#isMember()) return;
    const isVisible = "roomIds" in event.value || this.#findFirstSeq() !== Number.POSITIVE_INFINITY;
    if (isVisible) this.#follower.onSignal(event);
  }

  #onChange(event: LiveChange): void {
    const { revision, change } = event.value;
    if (revision <= this.#reached) return;
    if (revision !== this.#reached + 1) {
      this.#fallBehind();
      return;
    }
    if (change.kind === "room") this.#update(change.room, this.#self);
    const isOwn = change.kind === "member" && change.member.userId === this.#self?.userId;
    if (isOwn) this.#update(this.#room, change.member);
    if (!this.#isMember()) {
      this.#follower.onLost(this, isOwn ? asRemoval(event.value) : null);
      return;
    }
    const firstSeq = this.#findFirstSeq();
    if (firstSeq < this.#sentFromSeq) {
      // The changes that were left out until now can only be had with a snapshot.
      this.requireSnapshot();
      this.#fallBehind();
      return;
    }
    this.#sentFromSeq = firstSeq;
    if (!isVisible(change, firstSeq) || this.#follower.onChange(event)) this.#reached = revision;
    else this.#fallBehind();
  }

  #fallBehind(): void {
    this.#isLive = false;
    this.#follower.onBehind(this);
  }

  #update(room: Room | null, self: Member | null): void {
    this.#room = room;
    this.#self = self;
    this.#validUntilMs = 0;
  }

  #isMember(): boolean {
    return this.#room?.state === "active" && stateNow(this.#self, this.#nowMs()) === "joined";
  }

  /** Needed for each event, so the answer is kept while it holds. */
  #findFirstSeq(): number {
    const nowMs = this.#nowMs();
    if (nowMs < this.#validUntilMs) return this.#firstSeq;
    const object = { room: this.#room, membership: this.#self };
    this.#firstSeq = readableFrom(this.#follower.reader.actor(), object, nowMs);
    this.#validUntilMs = (this.#self && nextEndOf(this.#self)) ?? Number.POSITIVE_INFINITY;
    return this.#firstSeq;
  }
}

interface FollowedRoomOptions {
  readonly nowMs: () => number;
  readonly revision?: number | undefined;
}

function isVisible(change: Change, firstSeq: number): boolean {
  switch (change.kind) {
    case "message":
      return change.message.seq >= firstSeq;
    case "reaction":
      return change.seq >= firstSeq;
    case "member":
    case "room":
      return true;
    default:
      return change satisfies never;
  }
}
