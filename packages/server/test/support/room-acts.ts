import type { MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import type { TestClient } from "./client.ts";
import type { Person } from "./people.ts";

const { createRoom, addMembers, removeMember } = v1.RoomService.method;
const { sendMessage, listMessages } = v1.ChatService.method;

/** Makes a room that is open to all, with these members, and gives its id. */
export async function openRoomWith(client: TestClient, owner: Person, ...members: Person[]): Promise<string> {
  const roomId = await openRoom(client, owner);
  for (const member of members) await join(client, member, roomId);
  return roomId;
}

/** Makes a room that is open to all, and gives its id. */
export async function openRoom(
  client: TestClient,
  owner: Person,
  fields: MessageInitShape<typeof v1.RoomSchema> = {},
): Promise<string> {
  const { room } = await client.unary(
    createRoom,
    { room: { kind: v1.RoomKind.GROUP, title: "A room", public: true, ...fields } },
    owner,
  );
  return room?.id ?? "";
}

export async function join(client: TestClient, person: Person, roomId: string): Promise<void> {
  await client.unary(addMembers, { roomId, userIds: [person.id] }, person);
}

/** Leaves, or is removed by someone. */
export async function leave(
  client: TestClient,
  person: Person,
  roomId: string,
  by: Person = person,
): Promise<void> {
  await client.unary(removeMember, { roomId, userId: person.id }, by);
}

export async function post(
  client: TestClient,
  person: Person,
  roomId: string,
  text: string,
): Promise<v1.Message> {
  const { message } = await client.unary(sendMessage, { roomId, text }, person);
  if (!message) throw new Error("the answer has no message");
  return message;
}

/** All of a room's messages that a person may read, by seq. */
export async function readHistory(
  client: TestClient,
  person: Person,
  roomId: string,
): Promise<Map<bigint, v1.Message>> {
  const found = new Map<bigint, v1.Message>();
  for (let afterSeq = 0n; ; ) {
    const { messages, hasMore } = await client.unary(
      listMessages,
      { roomId, afterSeq, pageSize: 100 },
      person,
    );
    for (const message of messages) found.set(message.seq, message);
    afterSeq = messages.at(-1)?.seq ?? afterSeq;
    if (!hasMore) return found;
  }
}
