import type { UserId } from "../ids.ts";
import type { Member } from "../rooms/room.ts";
import { type MemberState, type Membership, stateNow } from "./membership.ts";

/** A change of a membership, and the reason that its author gives. */
interface ReasonedChange {
  readonly actorId: UserId;
  readonly before: Member | null;
  readonly after: Membership;
  readonly reason: string;
  readonly nowMs: number;
}

/**
 * Returns the reason for which a user is out of a room after the change; empty if none was given. Null for users who are in
 * it, for those who left by themselves, and for those who never were in it, because they don't know of it.
 */
export function removedFor(
  userId: UserId,
  { actorId, before, after, reason, nowMs }: ReasonedChange,
): string | null {
  if (!isOut(after.state) || actorId === userId || before === null) return null;
  const isNews = stateNow(before, nowMs) !== after.state;
  if (isNews) return reason;
  return before.removedFor !== null && reason !== "" ? reason : before.removedFor;
}

function isOut(state: MemberState): boolean {
  return state === "left" || state === "banned";
}
