import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { type CallOptions, refusalOf, type TestClient } from "./client.ts";
import type { Person } from "./people.ts";

const { createRoom, addMembers, getRoom, listMembers, updateMember, removeMember } = v1.RoomService.method;
const { sendMessage } = v1.ChatService.method;

/** Makes a room that this person owns; private unless said otherwise. */
export async function makeRoom(
  client: TestClient,
  owner: CallOptions,
  room: MessageInitShape<typeof v1.RoomSchema> = {},
): Promise<v1.Room> {
  const made = await client.unary(createRoom, { room: { title: "Room", ...room } }, owner);
  if (!made.room) throw new Error("no room was made");
  return made.room;
}

/** Makes these people join a room: invited by its owner, and each accepting. */
export async function bringIn(
  client: TestClient,
  { room, owner, role }: { room: v1.Room; owner: CallOptions; role?: v1.Role },
  ...people: readonly Person[]
): Promise<void> {
  const userIds = people.map(({ id }) => id);
  await client.unary(addMembers, { roomId: room.id, userIds, ...(role && { role }) }, owner);
  for (const person of people) await join(client, room, person);
}

/** Makes someone join a room, accept an invitation to it, or knock. */
export async function join(
  client: TestClient,
  { id }: { id: string },
  person: CallOptions,
): Promise<v1.Member> {
  const { members } = await client.unary(addMembers, { roomId: id, userIds: ["me"] }, person);
  const [member] = members;
  if (!member) throw new Error("nobody joined");
  return member;
}

/** A room as this person sees it. */
export async function roomOf(
  client: TestClient,
  { id }: { id: string },
  person: CallOptions,
): Promise<v1.Room> {
  const { room } = await client.unary(getRoom, { roomId: id }, person);
  if (!room) throw new Error("no room was answered");
  return room;
}

/** The members of a state, by the ids of the users. */
export async function membersOf(
  client: TestClient,
  { id }: { id: string },
  person: CallOptions,
  state = v1.MemberState.UNSPECIFIED,
): Promise<ReadonlyMap<string, v1.Member>> {
  const { members } = await client.unary(listMembers, { roomId: id, state, pageSize: 100 }, person);
  return new Map(members.map((member) => [member.userId, member]));
}

type Addition = Omit<MessageInitShape<typeof v1.AddMembersRequestSchema>, "$typeName" | "roomId">;
type Patch = Omit<MessageInitShape<typeof v1.MemberSchema>, "$typeName" | "roomId" | "userId">;

/** Shortcuts for what people do in rooms. */
export class RoomActs {
  readonly #client: TestClient;

  constructor(client: TestClient) {
    this.#client = client;
  }

  add(by: CallOptions, { id }: { id: string }, addition: Addition): Promise<v1.AddMembersResponse> {
    return this.#client.unary(addMembers, { roomId: id, ...addition }, by);
  }

  /** Changes of somebody's membership what the paths name. */
  change(
    by: CallOptions,
    { id: roomId }: { id: string },
    { id: userId }: { id: string },
    patch: Patch,
    ...paths: readonly string[]
  ): Promise<v1.UpdateMemberResponse> {
    const request = {
      member: { ...patch, roomId, userId },
      updateMask: { paths: [...paths] },
      reason: "because",
    };
    return this.#client.unary(updateMember, request, by);
  }

  remove(by: CallOptions, { id: roomId }: { id: string }, { id: userId }: { id: string }) {
    return this.#client.unary(removeMember, { roomId, userId, reason: "enough" }, by);
  }

  /** Posts a message with an id of its own. */
  send(by: CallOptions, { id: roomId }: { id: string }): Promise<v1.SendMessageResponse> {
    return this.#client.unary(sendMessage, { roomId, text: "hello", clientMessageId: randomUUID() }, by);
  }
}

/** Waits for a call to be refused in this way. */
export async function assertRefused(
  call: Promise<unknown>,
  code: number,
  reason: string,
  field?: string,
): Promise<void> {
  const refusal = await refusalOf(call);
  assert.deepEqual([refusal.code, refusal.reason, refusal.field], [code, reason, field]);
}
