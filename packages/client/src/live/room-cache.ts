import type { v1 } from "@confab/protocol";
import type { ConfabError } from "../errors.ts";
import { Notifier } from "../waiting.ts";
import { type Change, reduce, settle, trim } from "./reduce.ts";
import { fromSnapshot, type RoomState } from "./state.ts";

/** Number of messages kept of a room whose timeline nobody observes: a page. */
const KEPT = 100;
/** Most messages kept of any room. */
export const MAX_KEPT = 20_000;
/** The cache may exceed its limit by this many messages, so that not every message trims it. */
const SLACK = 50;

interface RoomCacheOptions {
  readonly meId: string;
  /** The people whose messages don't count. */
  readonly silenced: ReadonlySet<string>;
  /** Returns true while the timeline is observed: then its messages are kept. */
  readonly isObserved: () => boolean;
  /** Called after each new state. */
  readonly onChanged: () => void;
  /** Called after an event has changed something; `revision` is the room's from then on. */
  readonly onChange: (change: Change, revision: number) => void;
}

/** The local copy of a room's state, and a promise for its next change. */
export class RoomCache {
  readonly #options: RoomCacheOptions;
  readonly #notifier = new Notifier();
  #state: RoomState;
  #kept = KEPT;
  #isLive = false;
  #isOver = false;
  #error: ConfabError | null = null;

  constructor(snapshot: v1.Room, options: RoomCacheOptions) {
    this.#options = options;
    this.#state = { ...fromSnapshot(snapshot, options.meId, null), silenced: options.silenced };
  }

  get state(): RoomState {
    return this.#state;
  }

  /** True once the stream has brought everything that was missed. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** True after `end`: no more changes come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The reason for which readers are cut off; null before `end`, and where the room has simply ended. */
  get error(): ConfabError | null {
    return this.#error;
  }

  /** Resolves at the next change of the state, of `isLive` or of `isOver`. */
  get changed(): Promise<void> {
    return this.#notifier.next;
  }

  apply(event: v1.Event): void {
    const { state, change } = reduce(this.#state, event, this.#options.meId);
    this.set(state);
    if (change) this.#options.onChange(change, state.revision);
  }

  /** Replaces the state by a snapshot of the server's. */
  reset(snapshot: v1.Room): void {
    this.#kept = KEPT;
    this.set(fromSnapshot(snapshot, this.#options.meId, this.#state));
  }

  /** Takes note of the people whose messages don't count from now on. */
  silence(silenced: ReadonlySet<string>): void {
    const { state } = this;
    // If everything is read, nothing is unread, whomever it is from.
    const needsCounts = state.needsCounts || state.readSeq < state.topSeq;
    this.set({ ...state, silenced, needsCounts });
  }

  /** Raises the limit for messages that were loaded on request, even if nobody observes them. */
  keepMore(count: number): void {
    this.#kept = Math.min(MAX_KEPT, this.#kept + count);
  }

  set(state: RoomState): void {
    if (state === this.#state) return;
    const max = this.#options.isObserved() ? MAX_KEPT : this.#kept;
    this.#state = state.window.length > max + SLACK ? trim(state, max) : state;
    this.#options.onChanged();
    this.#notifier.notify();
  }

  /** Called when a stream begins: missed changes come first. */
  catchUp(): void {
    this.#isLive = false;
  }

  /** Called when the stream has brought everything that was missed. */
  goLive(): void {
    this.#isLive = true;
    this.set(settle(this.#state));
    this.#notifier.notify();
  }

  /** Ends what is read; with an error, readers throw it. */
  end(error: ConfabError | null): void {
    this.#isOver = true;
    this.#error = error;
    this.#notifier.notify();
  }
}
