import type { AccountAsk } from "../../domain/access/ask.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";

const ME = "me";

/** @throws ChatError FIELD_REQUIRED for an empty id */
export function toRoomId(roomId: string, field = "room_id"): RoomId {
  if (roomId === "") throw new ChatError("FIELD_REQUIRED", `${field} is empty: give a room's id`, { field });
  return roomId as RoomId;
}

/** Reads a user's id; `me` is the caller's own. */
export function toUserId(userId: string, { caller }: AccountAsk): UserId {
  return userId === ME ? caller.account.id : (userId as UserId);
}

export function toUserIds(userIds: readonly string[], ask: AccountAsk): readonly UserId[] {
  return userIds.map((userId) => toUserId(userId, ask));
}
