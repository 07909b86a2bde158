import type { RoomId } from "../domain/ids.ts";
import type { RoomChange, Signal } from "../domain/live/changes.ts";
import type { Member, RoomView } from "../domain/rooms/room.ts";
import type { ChangeEncoding } from "./event.ts";

/** Tells a client that the stream can't send what happened in a room between two revisions. */
export interface Gap {
  readonly roomId: RoomId;
  readonly fromRevision: number;
  /** 0 where the reader may not know the room's revision. */
  readonly toRevision: number;
  readonly reason: "too-far-behind" | "retention" | "access-changed" | "slow-consumer";
}

/** The change by which another has removed or banned the stream's reader. With the reason, which is for them alone. */
export interface Removal extends Omit<RoomChange, "change"> {
  readonly member: Member;
}

/** Returns the change as a removal; null if it is none. */
export function asRemoval({ change, ...head }: RoomChange): Removal | null {
  const isRemoval = change.kind === "member" && change.member.removedFor !== null;
  return isRemoval ? { ...head, member: change.member } : null;
}

export type ResumeOutcome = "fresh" | "resumed" | "partial";

/** Encodes frames, each as a response of its own. The contract allows such responses to be merged. */
export interface FrameEncoding extends ChangeEncoding {
  /** Encodes changes that one stream alone gets, as one response. */
  readonly changes: (changes: readonly RoomChange[]) => Buffer;
  readonly signal: (signal: Signal) => Buffer;
  readonly snapshot: (view: RoomView) => Buffer;
  readonly gap: (gap: Gap) => Buffer;
  readonly removal: (removal: Removal) => Buffer;
  readonly ready: (outcome: ResumeOutcome) => Buffer;
}
