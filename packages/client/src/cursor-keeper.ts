import type { Cursor, CursorStore } from "./cursors.ts";

const SAVE_EVERY_MS = 1_000;

/** Which of a cursor's positions: that of `messages`, or that of `changes`. */
export type CursorPart = "messages" | "changes";

/** Where one reader of a room is. */
interface Position {
  /** A seq for messages, a revision for changes. */
  readonly reached: number;
  /** The newest message at that time. */
  readonly topSeq: number;
}

/** How far one reader of a room has come, until it is disposed of. */
export interface Progress extends Disposable {
  advance(position: Position): void;
}

/** Knows how far rooms have been read, and brings it to the application's store, if there is one. */
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

  /** Loads what was kept. @throws what the store throws */
  static async open(store: CursorStore | undefined): Promise<CursorKeeper> {
    const keeper = new CursorKeeper(store);
    for (const cursor of (await store?.load()) ?? []) keeper.#cursors.set(cursor.roomId, cursor);
    return keeper;
  }

  /** Where a reader goes on; undefined where nothing is kept. */
  get(roomId: string, part: CursorPart): Position | undefined {
    const cursor = this.#cursors.get(roomId);
    if (!cursor) return undefined;
    const reached = part === "messages" ? cursor.seq : cursor.revision;
    return reached === 0 ? undefined : { reached, topSeq: cursor.topSeq };
  }

  /** A reader begins there. Of several, the one that has come least far counts. */
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

  /** Forgets a room. */
  forget(roomId: string): void {
    if (this.#cursors.delete(roomId)) this.#schedule();
  }

  /** Saves what is not saved yet. @throws what the store throws */
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
      // What can't be saved now is saved with the next change, or reported when the chat is closed.
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
