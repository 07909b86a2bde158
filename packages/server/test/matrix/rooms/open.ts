import { v1 } from "@confab/protocol";
import type { Calling } from "../calling.ts";

const { createRoom, addMembers } = v1.RoomService.method;
const { sendMessage } = v1.ChatService.method;

export interface StageRoom {
  readonly isPublic: boolean;
  readonly joinRule?: v1.JoinRule;
  readonly memberIds: readonly string[];
  readonly moderatorIds?: readonly string[];
  readonly ownerIds?: readonly string[];
}

/** Makes a room in the name of a service, which adds people at once and says something: the room's message 1. */
export async function openStageRoom(
  { cast: { client }, options }: Calling,
  { isPublic, joinRule, memberIds, moderatorIds = [], ownerIds = [] }: StageRoom,
): Promise<string> {
  const policy = joinRule === undefined ? {} : { joinRule };
  const wanted = { title: "A room of the matrix", public: isPublic, policy };
  const { room } = await client.unary(createRoom, { room: wanted, userIds: [...memberIds] }, options);
  const roomId = room?.id ?? "";
  const add = async (role: v1.Role, userIds: readonly string[]): Promise<void> => {
    if (userIds.length > 0) await client.unary(addMembers, { roomId, userIds: [...userIds], role }, options);
  };
  await add(v1.Role.MODERATOR, moderatorIds);
  await add(v1.Role.OWNER, ownerIds);
  await client.unary(sendMessage, { roomId, text: "hello" }, options);
  return roomId;
}
