import type { Change } from "../domain/changes.ts";
import { readableFrom } from "../domain/decide.ts";
import type { RoomId } from "../domain/ids.ts";
import { nextEndOf, stateNow } from "../domain/membership.ts";
import type { Member, Room } from "../domain/rooms.ts";
import type { Account } from "../domain/system-roles.ts";
import type { LiveBatch, LiveChange, LiveSignal } from "./event.ts";
import type { RoomListener } from "./hub.ts";

/** Where a reader stands who knows nothing of a room: it needs a snapshot. */
export const NOTHING = -1;

/** Who is told what a followed room has to say. */
export interface RoomFollower {
  /**
   * The next changes of the room, in order, several or one; what the reader may not see is left out. False when they
   * don't fit: then the room has fallen behind.
   */
  onBatch(room: FollowedRoom, batch: LiveBatch): boolean;
  onChange(room: FollowedRoom, change: LiveChange): boolean;
  onSignal(room: FollowedRoom, event: LiveSignal): void;
  /** Something is missing between what was reached and what has happened. */
  onBehind(room: FollowedRoom): void;
  /** The reader may see nothing more of the room. */
  onLost(room: FollowedRoom): void;
  /** Who reads. */
  actor(): Account;
}

/** One room of one stream: how far it has come, and what its reader may see of it. */
export class FollowedRoom implements RoomListener {
  readonly id: RoomId;
  /** All changes up to this revision have been queued; `NOTHING` before there was a snapshot. */
  reached: number;
  /** Changes come from the hub, each when it happens. */
  isLive = false;
  /** Up to where the reader has been told that something was erased. */
  erasedTold = 0;
  readonly #follower: RoomFollower;
  readonly #nowMs: () => number;
  #room: Room | null = null;
  #self: Member | null = null;
  #firstSeq = Number.POSITIVE_INFINITY;
  /** The oldest message that could be read at the last change: the changes of older ones were left out. */
  #readFrom = Number.POSITIVE_INFINITY;
  /** From then on `#firstSeq` has to be found anew. */
  #validUntilMs = 0;

  constructor(
    id: RoomId,
    reached: number,
    { follower, nowMs }: { readonly follower: RoomFollower; readonly nowMs: () => number },
  ) {
    this.id = id;
    this.reached = reached;
    this.#follower = follower;
    this.#nowMs = nowMs;
  }

  onChanges(batch: LiveBatch, nowMs: number): void {
    if (!this.isLive || batch.lastRevision <= this.reached) return;
    const firstSeq = nowMs < this.#validUntilMs ? this.#firstSeq : this.#findFirstSeq();
    const isWhole = batch.firstRevision === this.reached + 1 && batch.firstSeq >= firstSeq;
    if (isWhole && batch.changesNoSight && firstSeq === this.#readFrom) {
      if (this.#follower.onBatch(this, batch)) this.reached = batch.lastRevision;
      return;
    }
    for (const event of batch.events) {
      this.#onChange(event);
      if (!this.isLive) return;
    }
  }

  onSignal(event: LiveSignal): void {
    if (this.isLive && this.isIn() && (event.value.kind === "presence" || this.#mayRead())) {
      this.#follower.onSignal(this, event);
    }
  }

  /** Takes note of what decides what may be seen, where all of it has been sent. */
  learn(room: Room, self: Member | null): void {
    this.#note(room, self);
    this.#readFrom = this.#findFirstSeq();
  }

  /** What the reader may see has to be found anew: something else than the room or the membership has changed. */
  forgetSight(): void {
    this.#validUntilMs = 0;
  }

  /** Whether it is known what the reader may see: from the first read on. */
  get isKnown(): boolean {
    return this.#room !== null;
  }

  /** Whether the reader is in the room at this moment. */
  isIn(): boolean {
    return this.#room?.state === "active" && stateNow(this.#self, this.#nowMs()) === "joined";
  }

  maySee(change: Change): boolean {
    switch (change.kind) {
      case "message":
        return change.message.seq >= this.#findFirstSeq();
      case "reaction":
        return change.seq >= this.#findFirstSeq();
      case "member":
      case "room":
        return true;
      default:
        return change satisfies never;
    }
  }

  #note(room: Room | null, self: Member | null): void {
    this.#room = room;
    this.#self = self;
    this.forgetSight();
  }

  #onChange(event: LiveChange): void {
    const { revision, change } = event.value;
    if (revision <= this.reached) return;
    if (revision !== this.reached + 1) {
      this.#follower.onBehind(this);
      return;
    }
    if (change.kind === "room") this.#note(change.room, this.#self);
    if (change.kind === "member" && change.member.userId === this.#self?.userId) {
      this.#note(this.#room, change.member);
    }
    if (!this.isIn()) {
      this.#follower.onLost(this);
      return;
    }
    // What could not be read meanwhile can only be had with a snapshot.
    const firstSeq = this.#findFirstSeq();
    if (firstSeq < this.#readFrom) {
      this.reached = NOTHING;
      this.#follower.onBehind(this);
      return;
    }
    this.#readFrom = firstSeq;
    if (!this.maySee(change) || this.#follower.onChange(this, event)) this.reached = revision;
  }

  #mayRead(): boolean {
    return this.#findFirstSeq() !== Number.POSITIVE_INFINITY;
  }

  /** The oldest message that may be read at this moment. Asked for each event, so the answer is kept while it holds. */
  #findFirstSeq(): number {
    const nowMs = this.#nowMs();
    if (nowMs < this.#validUntilMs) return this.#firstSeq;
    this.#firstSeq = readableFrom(
      this.#follower.actor(),
      { room: this.#room, membership: this.#self },
      nowMs,
    );
    this.#validUntilMs = (this.#self && nextEndOf(this.#self)) ?? Number.POSITIVE_INFINITY;
    return this.#firstSeq;
  }
}
