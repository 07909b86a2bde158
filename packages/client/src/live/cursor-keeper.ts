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
interface Progress extends Disposable {
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

  private constructor(store: CursorStore | undefined) {
    this.#store = store;
  }

  /** Loads the saved cursors. @throws the store's error */
  static async open(store: CursorStore | undefined): Promise<CursorKeeper> {
    const keeper = new CursorKeeper(store);
    for (const cursor of (await store?.load()) ?? []) keeper.#cursors.set(cursor.roomId, cursor);
    return keeper;
  }

  /** Returns the position to resume from; undefined if none is saved. */
  get(roomId: string, part: CursorPart): Position | undefined {
    const cursor = this.#cursors.get(roomId);
    if (!cursor) return undefined;
    const reached = part === "messages" ? cursor.seq : cursor.revision;
    return reached === 0 ? undefined : { reached, topSeq: cursor.topSeq };
  }

  /** Registers a reader. With several readers, the slowest one sets the cursor. */
  follow(roomId: string, part: CursorPart, start: Position): Progress {
    const key = `${part} ${roomId}`;
    const readers = this.#readers.get(key) ?? new Map<symbol, Position>();
    this.#readers.set(key, readers);
    const reader = Symbol(key);
    const advance = (position: Position): void => {
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

  forget(roomId: string): void {
    if (this.#cursors.delete(roomId)) this.#schedule();
  }

  /** Saves pending changes now. @throws the store's error */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#save();
  }

  #move(roomId: string, part: CursorPart, { reached, topSeq }: Position): void {
    const before = this.#cursors.get(roomId) ?? { roomId, seq: 0, revision: 0, topSeq: 0 };
    const moved = part === "messages" ? { seq: reached } : { revision: reached, topSeq };
    this.#cursors.set(roomId, { ...before, ...moved });
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#store) return;
    this.#isDirty = true;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // A failed save is retried with the next change, and reported by `flush` when the chat is closed.
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
