import type { RoomChange } from "../../domain/changes.ts";

/** How many changes are told of one by one. */
const MAX_CHANGES = 10_000;

/**
 * What an operation that may change very much tells of it. When it is too much, only each room's last change is
 * kept: whoever listens sees that some are missing, and reads them from the store.
 */
export class ToldChanges {
  #changes: RoomChange[] = [];
  #max = MAX_CHANGES;

  get changes(): readonly RoomChange[] {
    return this.#changes;
  }

  /** Changes of one room are given in the order of their revisions. */
  add(changes: readonly RoomChange[]): void {
    for (const change of changes) this.#changes.push(change);
    if (this.#changes.length <= this.#max) return;
    this.#changes = [...new Map(this.#changes.map((change) => [change.roomId, change])).values()];
    this.#max = Math.max(MAX_CHANGES, 2 * this.#changes.length);
  }
}
