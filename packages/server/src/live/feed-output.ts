import type { RoomId, UserId } from "../domain/ids.ts";
import { isAmong, type Signal } from "../domain/live/changes.ts";
import type { LiveSignal } from "./event.ts";
import type { FeedOptions, FeedReader } from "./feed-options.ts";
import type { FollowedRoom } from "./followed-room.ts";
import type { FrameEncoding, Gap, Removal, ResumeOutcome } from "./frames.ts";
import { MAX_QUEUED_BYTES } from "./outbox.ts";

/** The most bytes about who is there that wait at once for a client that is not ready. */
const MAX_PRESENT_BYTES = 256 * 1024;

/** Sends what a feed says beside the changes of rooms, and keeps in mind what it has said. */
export class FeedOutput {
  readonly #reader: FeedReader;
  readonly #userId: UserId;
  readonly #options: FeedOptions<FrameEncoding>;
  #outcome: ResumeOutcome = "fresh";
  #isReady = false;
  #lastSignal: LiveSignal | null = null;
  /** The signals of those who are there, from the next one to send on; null before the first. */
  #present: Iterator<Signal> | null = null;

  constructor(reader: FeedReader, options: FeedOptions<FrameEncoding>) {
    this.#reader = reader;
    this.#userId = reader.actor().id;
    this.#options = options;
  }

  /** Ready has been sent: the client knows everything that it missed. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Notes that the client goes on from cursors. */
  resume(): void {
    this.#outcome = "resumed";
  }

  /**
   * Tells who is there in these rooms, and then sends Ready. Returns false as long as not all of that fits: call it again
   * once the queue is empty. From the first call on, signals are sent too, so that nothing is missed.
   */
  begin(rooms: ReadonlyMap<RoomId, FollowedRoom>): boolean {
    const { outbox, encoding } = this.#options;
    this.#present ??= this.#presentIn([...rooms.values()]);
    if (!this.#sendPresent(this.#present, MAX_PRESENT_BYTES)) return false;
    this.#isReady = true;
    outbox.send(encoding.ready(this.#outcome));
    return true;
  }

  /** Tells who is there in a room that the reader enters. */
  entered(room: FollowedRoom): void {
    if (this.#isReady) this.#sendPresent(this.#presentIn([room]), MAX_QUEUED_BYTES);
  }

  #presentIn(rooms: readonly FollowedRoom[]): Iterator<Signal> {
    return this.#reader.presentIn(rooms.filter((room) => room.isSmall).map(({ id }) => id));
  }

  #sendPresent(present: Iterator<Signal>, maxQueuedBytes: number): boolean {
    const { outbox, encoding } = this.#options;
    while (outbox.queuedBytes < maxQueuedBytes) {
      const { value, done } = present.next();
      if (done) return true;
      outbox.send(encoding.signal(value));
    }
    return false;
  }

  gap(gap: Gap): void {
    const { outbox, encoding } = this.#options;
    if (!this.#isReady) this.#outcome = "partial";
    outbox.send(encoding.gap(gap));
  }

  /** Says that the client has missed too much of a room for all of it to be sent. */
  tooFar({ id: roomId, reached: fromRevision }: FollowedRoom, toRevision: number): void {
    const reason = this.#isReady ? "slow-consumer" : "too-far-behind";
    this.gap({ roomId, fromRevision, toRevision, reason });
  }

  /** Says that nothing more of a room will come; before that, to whoever was removed, by whom and why. */
  lost(roomId: RoomId, fromRevision: number, removal: Removal | null): void {
    const { outbox, encoding } = this.#options;
    if (removal) outbox.send(encoding.removal(removal));
    this.gap({ roomId, fromRevision, toRevision: 0, reason: "access-changed" });
  }

  /** Sends a signal to whoever may know of it, unless it came with another room already, or too much waits for the client. */
  signal(event: LiveSignal): void {
    const { outbox, encoding } = this.#options;
    const { value } = event;
    if (!this.#present || event === this.#lastSignal) return;
    const isOthers = value.kind === "presence" || value.kind === "typing";
    if (isOthers && value.userId === this.#userId) return;
    if (!isAmong(value.audience, this.#userId)) return;
    if (value.kind === "presence" && !this.#reader.seesPresence()) return;
    this.#lastSignal = event;
    // Profiles are rare, and the client would show an old name for long.
    if (value.kind !== "profile" && outbox.queuedBytes > MAX_QUEUED_BYTES / 2) return;
    outbox.push(event.encoded(encoding.signal));
  }
}
