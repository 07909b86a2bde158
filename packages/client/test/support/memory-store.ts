import type { Cursor, CursorStore } from "@confab/client";

/** A store as an application has one: the cursors pass through JSON. */
export class MemoryStore implements CursorStore {
  saved = "[]";
  saves = 0;

  async load(): Promise<readonly Cursor[]> {
    return JSON.parse(this.saved);
  }

  async save(cursors: readonly Cursor[]): Promise<void> {
    this.saved = JSON.stringify(cursors);
    this.saves++;
  }
}
