import type { Signal } from "../domain/changes.ts";
import type { RoomId } from "../domain/ids.ts";
import type { RoomView } from "../domain/rooms.ts";
import type { ChangeEncoding } from "./event.ts";

/** Why a stream can't send what happened in a room between two revisions. */
export interface Gap {
  readonly roomId: RoomId;
  readonly fromRevision: number;
  /** 0 where the room's revision is none of the reader's business. */
  readonly toRevision: number;
  readonly reason: "too-far-behind" | "retention" | "access-changed" | "slow-consumer";
}

export type ResumeOutcome = "fresh" | "resumed" | "partial";

/** Turns what a stream tells into responses of one frame each; the contract lets such responses be merged. */
export interface FrameEncoding extends ChangeEncoding {
  readonly signal: (signal: Signal) => Buffer;
  readonly snapshot: (view: RoomView) => Buffer;
  readonly gap: (gap: Gap) => Buffer;
  readonly ready: (outcome: ResumeOutcome) => Buffer;
}
