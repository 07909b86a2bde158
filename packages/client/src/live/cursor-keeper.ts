import type { Cursor, CursorStore } from "./cursors.ts";

const SAVE_EVERY_MS = 1_000;

type CursorPart = "messages" | "changes";

/** The position of one reader in a room. */
interface Position {
  /** A seq for `messages`, a revision for `changes`. */
  readonly reached: number;
  /** The newest message's seq at that time. */
  readonly topSeq: number;
}

/** One reader's progress, counted until it is disposed of. */
export interface Progress extends Disposable {
  advance(position: Position): void;
}

/** Tracks the read cursors of all rooms and saves them to the application's store, if any, at most once a second. */
export class CursorKeeper {
  readonly #store: CursorStore | undefined;
  readonly #cursors = new Map<string, Cursor>();
  readonly #readers = new Map<string, Map<symbol, Position>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDirty = false;
  #saving: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(store: CursorStore | undefined) {
    this.#store = store;
  }

  /** Loads the saved cursors. @throws the store's error */
  static async open(store: CursorStore | undefined): Promise<CursorKeeper> {
    const keeper = new CursorKeeper(store);
    for (const cursor of (await store?.load()) ?? []) keeper.#cursors.set(cursor.roomId, cursor);
    return keeper;
  }

  /** True if the application stores cursors: a room without one has not been read yet. */
  get isStored(): boolean {
    return this.#store !== undefined;
  }

  /** Returns the position to resume from; undefined if none is saved. */
  get(roomId: string, part: CursorPart): Position | undefined {
    const { seq, revision, topSeq = 0 } = this.#cursors.get(roomId) ?? {};
    const reached = part === "messages" ? seq : revision;
    return reached === undefined ? undefined : { reached, topSeq };
  }

  /** Registers a reader. With several readers, the slowest one sets the cursor. */
  follow(roomId: string, part: CursorPart, start: Position): Progress {
    const key = `${part} ${roomId}`;
    const readers = this.#readers.get(key) ?? new Map<symbol, Position>();
    this.#readers.set(key, readers);
    const reader = Symbol(key);
    const advance = (position: Position): void => {
      // After `forget` they are others.
      if (this.#readers.get(key) !== readers) return;
      readers.set(reader, position);
      const positions = [...readers.values()];
      const least = positions.reduce((a, b) => (b.reached < a.reached ? b : a));
      this.#move(roomId, part, least);
    };
    if (this.#store) advance(start);
    return {
      advance: this.#store ? advance : () => {},
      [Symbol.dispose]: () => void readers.delete(reader),
    };
  }

  /** Drops a room's cursor; what its readers report from now on does not count. */
  forget(roomId: string): void {
    for (const part of ["messages", "changes"]) this.#readers.delete(`${part} ${roomId}`);
    if (this.#cursors.delete(roomId)) this.#schedule();
  }

  /** Saves pending changes, and none that come later. @throws the store's error */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isClosed = true;
    await this.#save();
  }

  #move(roomId: string, part: CursorPart, { reached, topSeq }: Position): void {
    const moved = part === "messages" ? { seq: reached } : { revision: reached, topSeq };
    this.#cursors.set(roomId, { ...this.#cursors.get(roomId), roomId, ...moved });
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#store || this.#isClosed) return;
    this.#isDirty = true;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // A failed save is retried with the next change, and reported by `close`.
      this.#save().catch(() => {});
    }, SAVE_EVERY_MS);
  }

  #save(): Promise<void> {
    this.#saving = this.#saving.then(
      () => this.#saveOnce(),
      () => this.#saveOnce(),
    );
    return this.#saving;
  }

  async #saveOnce(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    try {
      await this.#store?.save([...this.#cursors.values()]);
    } catch (error) {
      this.#isDirty = true;
      throw error;
    }
  }
}
