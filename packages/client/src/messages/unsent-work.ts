/** A call on a room whose effect the server does not have yet. Plain JSON: store it as it is. */
export type UnsentWork = { readonly roomId: string } & (
  | {
      readonly kind: "send";
      readonly text: string;
      readonly clientMessageId: string;
      readonly replyToSeq: number;
      readonly threadRootSeq: number;
      readonly mentionUserIds: readonly string[];
      readonly ttlMs?: number;
      /** In base64. */
      readonly payload: string;
      readonly payloadType: string;
    }
  | {
      readonly kind: "edit";
      readonly seq: number;
      readonly text: string;
      readonly mentionUserIds?: readonly string[];
    }
  | { readonly kind: "delete"; readonly seq: number; readonly reason: string }
  | { readonly kind: "react" | "unreact"; readonly seq: number; readonly emoji: string }
  | { readonly kind: "pin" | "unpin"; readonly seq: number }
  | { readonly kind: "read"; readonly seq: number }
);

/**
 * Keeps unsent work over a restart of the application: messages, changes of messages and read positions that wait. Use one
 * store for each user.
 */
export interface UnsentStore {
  /** Returns what was saved last. Called once, before connecting. */
  load(): Promise<readonly UnsentWork[]>;
  /** Replaces what is saved. Called after each change, and never concurrently: changes meanwhile are saved together. */
  save(work: readonly UnsentWork[]): Promise<void>;
}

type Part = "messages" | "changes" | "read";

/** Saves the unsent work of all rooms to the application's store, if any. */
export class UnsentKeeper {
  readonly #store: UnsentStore | undefined;
  readonly #work = new Map<string, readonly UnsentWork[]>();
  #loaded: readonly UnsentWork[] = [];
  #saving: Promise<void> | null = null;
  #isDirty = false;
  #isFrozen = false;

  private constructor(store: UnsentStore | undefined) {
    this.#store = store;
  }

  /** Loads the saved work. @throws the store's error */
  static async open(store: UnsentStore | undefined): Promise<UnsentKeeper> {
    const keeper = new UnsentKeeper(store);
    keeper.#loaded = (await store?.load()) ?? [];
    return keeper;
  }

  /** Returns the saved work of a room, once. */
  take(roomId: string): readonly UnsentWork[] {
    if (this.#loaded.length === 0) return [];
    const taken = this.#loaded.filter((work) => work.roomId === roomId);
    this.#loaded = this.#loaded.filter((work) => work.roomId !== roomId);
    return taken;
  }

  /** Drops the saved work of rooms that the user is no longer in. */
  dropOthers(): void {
    if (this.#loaded.length === 0) return;
    this.#loaded = [];
    this.#save();
  }

  /** Replaces the work of one part of a room. */
  set(roomId: string, part: Part, list: () => readonly UnsentWork[]): void {
    if (!this.#store || this.#isFrozen) return;
    const key = `${part} ${roomId}`;
    const work = list();
    if (work.length === 0 && !this.#work.has(key)) return;
    if (work.length > 0) this.#work.set(key, work);
    else this.#work.delete(key);
    this.#save();
  }

  /** Keeps what is saved from now on: called before the chat's end rejects everything. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** Waits until everything is saved. @throws the store's error of the last save */
  async flush(): Promise<void> {
    await this.#saving;
    if (this.#isDirty) await this.#saveAll();
  }

  #save(): void {
    this.#isDirty = true;
    this.#saving ??= this.#saveAll()
      // A failed save is repeated with the next change, and reported by `flush` when the chat is closed.
      .catch(() => {})
      .finally(() => {
        this.#saving = null;
      });
  }

  async #saveAll(): Promise<void> {
    // Changes of one turn are saved together.
    await Promise.resolve();
    while (this.#isDirty) {
      this.#isDirty = false;
      try {
        await this.#store?.save([...this.#loaded, ...[...this.#work.values()].flat()]);
      } catch (error) {
        this.#isDirty = true;
        throw error;
      }
    }
  }
}
