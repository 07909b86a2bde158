import type { RoomChange } from "../../domain/live/changes.ts";

export interface Changed {
  /** Everything that an operation has changed, in the order of the revisions, for those who listen. */
  readonly changes: readonly RoomChange[];
}
