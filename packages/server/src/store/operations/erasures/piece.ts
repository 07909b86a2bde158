import type { UserId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";

/** One piece of an erasure: at most `limit` rows, and of long messages fewer. */
export interface ErasureStep {
  readonly actorId: UserId | "";
  readonly limit: number;
  readonly nowMs: number;
}

/** The rows that a piece has erased, and if nothing is left. */
export interface Erased {
  readonly changes: readonly RoomChange[];
  readonly erased: number;
  readonly isDone: boolean;
}
