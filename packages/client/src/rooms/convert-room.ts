import { type Duration, durationMs, type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { MemberRecord, RoomRecord } from "./records.ts";
import type { MemberState, Permission, Role, RoomInfo, RoomPolicy } from "./room-info.ts";

/** The names of the contract's numbers. What a newer server has, and this client doesn't know, is left out. */
export const roomKinds = {
  direct: v1.RoomKind.DIRECT,
  group: v1.RoomKind.GROUP,
  broadcast: v1.RoomKind.BROADCAST,
} as const satisfies Record<RoomInfo["kind"], v1.RoomKind>;

export const joinRules = {
  invite: v1.JoinRule.INVITE,
  knock: v1.JoinRule.KNOCK,
  open: v1.JoinRule.OPEN,
} as const satisfies Record<RoomPolicy["joinRule"], v1.JoinRule>;

export const visibilities = {
  full: v1.HistoryVisibility.FULL,
  "since-join": v1.HistoryVisibility.SINCE_JOIN,
} as const satisfies Record<RoomPolicy["historyVisibility"], v1.HistoryVisibility>;

export const roles = {
  guest: v1.Role.GUEST,
  member: v1.Role.MEMBER,
  moderator: v1.Role.MODERATOR,
  owner: v1.Role.OWNER,
} as const satisfies Record<Role, v1.Role>;

export const memberStates = {
  invited: v1.MemberState.INVITED,
  knocking: v1.MemberState.KNOCKING,
  joined: v1.MemberState.JOINED,
  left: v1.MemberState.LEFT,
  banned: v1.MemberState.BANNED,
} as const satisfies Record<MemberState, v1.MemberState>;

export const permissions = {
  read: v1.Permission.READ,
  post: v1.Permission.POST,
  react: v1.Permission.REACT,
  "edit-own": v1.Permission.EDIT_OWN,
  "delete-own": v1.Permission.DELETE_OWN,
  "delete-any": v1.Permission.DELETE_ANY,
  pin: v1.Permission.PIN,
  "mention-all": v1.Permission.MENTION_ALL,
  invite: v1.Permission.INVITE,
  "manage-members": v1.Permission.MANAGE_MEMBERS,
  "manage-room": v1.Permission.MANAGE_ROOM,
} as const satisfies Record<Permission, v1.Permission>;

const kindOf = reader(roomKinds);
const joinRuleOf = reader(joinRules);
const visibilityOf = reader(visibilities);
const roleOf = reader(roles);
const stateOf = reader(memberStates);
const permissionOf = reader(permissions);

/** The fields that are the same for everyone. */
export function toRoomRecord(room: v1.Room): RoomRecord {
  return {
    id: room.id,
    kind: kindOf(room.kind) ?? "group",
    title: room.title,
    topic: room.topic,
    isPublic: room.public,
    policy: toPolicy(room.policy),
    labels: { ...room.labels },
    memberCount: room.memberCount,
    firstSeq: Number(room.firstSeq),
    createTime: toDate(room.createTime),
    updateTime: toDate(room.updateTime),
  };
}

export function toMemberRecord(member: v1.Member): MemberRecord {
  const { mutedUntilTime, expireTime, lastSeenTime } = member;
  return {
    roomId: member.roomId,
    userId: member.userId,
    role: roleOf(member.role) ?? "guest",
    state: stateOf(member.state) ?? "left",
    allow: member.allow.flatMap((permission) => permissionOf(permission) ?? []),
    deny: member.deny.flatMap((permission) => permissionOf(permission) ?? []),
    readSeq: Number(member.readSeq),
    isOnline: member.online,
    ...(mutedUntilTime && { mutedUntil: timestampDate(mutedUntilTime) }),
    ...(expireTime && { expireTime: timestampDate(expireTime) }),
    ...(lastSeenTime && { lastSeenTime: timestampDate(lastSeenTime) }),
  };
}

export function toDate(time: Timestamp | undefined): Date {
  return time ? timestampDate(time) : new Date(0);
}

function toPolicy(policy: v1.RoomPolicy | undefined): RoomPolicy {
  return {
    joinRule: joinRuleOf(policy?.joinRule ?? 0) ?? "invite",
    historyVisibility: visibilityOf(policy?.historyVisibility ?? 0) ?? "full",
    slowModeMs: toMs(policy?.slowMode),
    retentionMs: toMs(policy?.retention),
    maxMembers: policy?.maxMembers ?? 0,
    requiredLikes: policy?.requiredLikes ?? 0,
  };
}

function toMs(duration: Duration | undefined): number {
  return duration ? durationMs(duration) : 0;
}

function reader<Name extends string>(
  table: Readonly<Record<Name, number>>,
): (value: number) => Name | undefined {
  const names = new Map((Object.keys(table) as Name[]).map((name) => [table[name], name]));
  return (value) => names.get(value);
}
