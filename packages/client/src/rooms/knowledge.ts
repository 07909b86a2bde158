import type { v1 } from "@confab/protocol";
import { Bell } from "../waiting.ts";
import { type Change, reduce, settle, trim } from "./reduce.ts";
import { fromSnapshot, type RoomState } from "./state.ts";

/** How many messages of a room are kept where nobody looks at them, and the most that are kept at all. */
const KEPT = 200;
const MAX_KEPT = 20_000;
/** So many more may gather before the oldest are forgotten, so that not each message moves all the others. */
const SLACK = 100;

/** Who is told of what has become of a room. */
export interface KnowledgeOptions {
  readonly meId: string;
  /** Whether someone looks at the messages: then they are kept. */
  readonly isObserved: () => boolean;
  /** The state is another. */
  readonly onChanged: () => void;
  /** An event has changed something; `revision` is the room's from then on. */
  readonly onChange: (change: Change, revision: number) => void;
}

/** What is known of a room at the moment, and who waits for more. */
export class Knowledge {
  readonly #options: KnowledgeOptions;
  readonly #bell = new Bell();
  #state: RoomState;
  #kept = KEPT;
  /** Whether everything that was missed has come. */
  #isLive = false;
  #isOver = false;

  constructor(snapshot: v1.Room, options: KnowledgeOptions) {
    this.#options = options;
    this.#state = fromSnapshot(snapshot, options.meId, null);
  }

  get state(): RoomState {
    return this.#state;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** Nothing more comes. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when something of this has changed. */
  get changed(): Promise<void> {
    return this.#bell.rung;
  }

  apply(event: v1.Event): void {
    const { state, change } = reduce(this.#state, event, this.#options.meId);
    this.become(state);
    if (change) this.#options.onChange(change, state.revision);
  }

  reset(snapshot: v1.Room): void {
    this.#kept = KEPT;
    this.become(fromSnapshot(snapshot, this.#options.meId, this.#state));
  }

  /** More of the history is wanted: it is kept even when nobody looks at it all the time. */
  keepMore(count: number): void {
    this.#kept = Math.min(MAX_KEPT, this.#kept + count);
  }

  become(state: RoomState): void {
    if (state === this.#state) return;
    const max = this.#options.isObserved() ? MAX_KEPT : this.#kept;
    this.#state = state.window.length > max + SLACK ? trim(state, max) : state;
    this.#options.onChanged();
    this.#bell.ring();
  }

  /** A stream begins: what was missed comes first. */
  catchUp(): void {
    this.#isLive = false;
  }

  goLive(): void {
    this.#isLive = true;
    this.become(settle(this.#state));
    this.#bell.ring();
  }

  end(): void {
    this.#isOver = true;
    this.#bell.ring();
  }
}
