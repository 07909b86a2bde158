import type { MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { required } from "../errors.ts";
import { toTimestamp } from "../fields.ts";
import type { MemberRecord } from "../live/records.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "../rooms/context.ts";
import { memberStates, permissions, roles, toMemberRecord } from "../rooms/convert-room.ts";
import type { MemberChanges } from "../rooms/room.ts";
import type { Access, Permission } from "../rooms/room-info.ts";
import type { User } from "../users/user.ts";

const PAGE_SIZE = 100;
const { method } = v1.RoomService;

/** Lists all members of a room in one state, page by page. @throws ConfabError */
export async function listMembers(
  { session }: RoomContext,
  query: { readonly roomId: string; readonly state: v1.MemberState; readonly pageSize?: number },
  options: CallOptions,
): Promise<readonly MemberRecord[]> {
  const members: MemberRecord[] = [];
  let pageToken = "";
  do {
    const request = { pageSize: PAGE_SIZE, ...query, pageToken };
    const page = await session.call(method.listMembers, request, options);
    members.push(...page.members.map(toMemberRecord));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return members;
}

/** Lists all members of a room in one state, and loads their profiles. @throws ConfabError */
export async function loadMembers(
  context: RoomContext,
  query: { readonly roomId: string; readonly state: v1.MemberState },
  options: CallOptions,
): Promise<{ readonly members: readonly MemberRecord[]; readonly users: ReadonlyMap<string, User> }> {
  const members = await listMembers(context, query, options);
  const userIds = members.map(({ userId }) => userId);
  return { members, users: await context.directory.load(userIds, options.signal) };
}

/** Invites people to a room by handle or id. @throws ConfabError */
export async function inviteMembers(
  { session, directory }: RoomContext,
  { roomId, handlesOrIds }: { readonly roomId: string; readonly handlesOrIds: readonly string[] },
  options: CallOptions,
): Promise<readonly MemberRecord[]> {
  const userIds = await directory.resolve(handlesOrIds, options);
  const { members } = await session.call(method.addMembers, { roomId, userIds }, options);
  return members.map(toMemberRecord);
}

/** Removes a member from a room, or lets the user leave it. @throws ConfabError */
export async function removeMember(
  { session }: RoomContext,
  request: { readonly roomId: string; readonly userId: string; readonly reason?: string },
  options: CallOptions,
): Promise<void> {
  await session.call(method.removeMember, request, options);
}

/** Asks if a user may do something in a room. @throws ConfabError */
export async function checkAccess(
  { session }: RoomContext,
  { roomId, userId, permission }: { roomId: string; userId: string; permission: Permission },
  options: CallOptions,
): Promise<Access> {
  const request = { roomId, userId, permission: permissions.toNumber(permission) };
  const { allowed: isAllowed, decidedBy, trace } = await session.call(method.checkAccess, request, options);
  return { isAllowed, decidedBy, trace };
}

/** Changes a member's role, state, mute, end or permissions. @throws ConfabError */
export async function updateMember(
  { session }: RoomContext,
  { roomId, userId, changes }: { roomId: string; userId: string; changes: MemberChanges },
  options: CallOptions,
): Promise<MemberRecord> {
  const { role, state, mutedUntil, expireTime, allow, deny, reason = "" } = changes;
  const paths = [
    role && "role",
    state && "state",
    mutedUntil !== undefined && "muted_until_time",
    expireTime !== undefined && "expire_time",
    allow && "allow",
    deny && "deny",
  ];
  const member: MessageInitShape<typeof v1.MemberSchema> = {
    roomId,
    userId,
    ...(role && { role: roles.toNumber(role) }),
    ...(state && { state: memberStates.toNumber(state) }),
    ...(mutedUntil && { mutedUntilTime: toTimestamp(mutedUntil, "muted_until_time") }),
    ...(expireTime && { expireTime: toTimestamp(expireTime, "expire_time") }),
    ...(allow && { allow: allow.map(permissions.toNumber) }),
    ...(deny && { deny: deny.map(permissions.toNumber) }),
  };
  const updateMask = { paths: paths.filter((path) => typeof path === "string") };
  const answer = await session.call(method.updateMember, { member, updateMask, reason }, options);
  return toMemberRecord(required(answer.member));
}
