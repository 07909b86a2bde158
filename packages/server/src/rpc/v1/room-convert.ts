import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { ChatError } from "../../domain/errors.ts";
import type { MemberState } from "../../domain/membership.ts";
import type { Permission, RoomKind, RoomRole } from "../../domain/permissions.ts";
import type { HistoryVisibility, JoinRule } from "../../domain/room-access.ts";
import type { Member, OwnMember, Room, RoomView } from "../../domain/rooms.ts";
import { toDuration } from "./convert.ts";
import { toMessage } from "./message-convert.ts";

const kinds = {
  direct: v1.RoomKind.DIRECT,
  group: v1.RoomKind.GROUP,
  broadcast: v1.RoomKind.BROADCAST,
} as const satisfies Record<RoomKind, v1.RoomKind>;

const joinRules = {
  invite: v1.JoinRule.INVITE,
  knock: v1.JoinRule.KNOCK,
  open: v1.JoinRule.OPEN,
} as const satisfies Record<JoinRule, v1.JoinRule>;

const visibilities = {
  full: v1.HistoryVisibility.FULL,
  "since-join": v1.HistoryVisibility.SINCE_JOIN,
} as const satisfies Record<HistoryVisibility, v1.HistoryVisibility>;

const permissions = {
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

const roles = {
  guest: v1.Role.GUEST,
  member: v1.Role.MEMBER,
  moderator: v1.Role.MODERATOR,
  owner: v1.Role.OWNER,
} as const satisfies Record<RoomRole, v1.Role>;

const states = {
  invited: v1.MemberState.INVITED,
  knocking: v1.MemberState.KNOCKING,
  joined: v1.MemberState.JOINED,
  left: v1.MemberState.LEFT,
  banned: v1.MemberState.BANNED,
} as const satisfies Record<MemberState, v1.MemberState>;

/** A room as everyone may be sent it: without what is one person's own. */
export function toRoom(room: Room): v1.Room {
  return create(v1.RoomSchema, {
    id: room.id,
    kind: kinds[room.kind],
    title: room.title,
    topic: room.topic,
    public: room.isPublic,
    policy: {
      joinRule: joinRules[room.joinRule],
      historyVisibility: visibilities[room.historyVisibility],
      slowMode: toDuration(room.slowModeMs),
      retention: toDuration(room.retentionMs),
      maxMembers: room.maxMembers,
      memberPermissions: room.memberPermissions.map((permission) => permissions[permission]),
      requiredLikes: room.requiredLikes,
    },
    lastSeq: BigInt(room.lastSeq),
    firstSeq: BigInt(room.firstSeq),
    revision: BigInt(room.revision),
    memberCount: room.memberCount,
    labels: { ...room.labels },
    createTime: timestampFromMs(room.createdAtMs),
    updateTime: timestampFromMs(room.updatedAtMs),
    etag: String(room.version),
  });
}

/** A room as one person sees it. */
export function toRoomView({ room, self, lastMessage, lastOwnEmoji }: RoomView): v1.Room {
  const message = toRoom(room);
  if (self) message.self = toOwnMember(self);
  if (lastMessage) message.lastMessage = toMessage(lastMessage, lastOwnEmoji);
  return message;
}

/** A member as everyone in the room may be sent them. */
export function toMember(member: Member): v1.Member {
  const { mutedUntilMs, expiresAtMs } = member;
  return create(v1.MemberSchema, {
    roomId: member.roomId,
    userId: member.userId,
    role: roles[member.role],
    state: states[member.state],
    allow: member.allow.map(({ permission }) => permissions[permission]),
    deny: member.deny.map(({ permission }) => permissions[permission]),
    readSeq: BigInt(member.readSeq),
    ...(mutedUntilMs !== null && { mutedUntilTime: timestampFromMs(mutedUntilMs) }),
    ...(expiresAtMs !== null && { expireTime: timestampFromMs(expiresAtMs) }),
  });
}

/** A member as they see themselves. */
export function toOwnMember(member: OwnMember): v1.Member {
  const message = toMember(member);
  message.unreadCount = BigInt(member.unreadCount);
  message.mentionCount = BigInt(member.mentionCount);
  return message;
}

/** Each of these gives null where nothing is asked for. @throws ChatError FIELD_INVALID */
export const parseKind = parser(kinds);
export const parseJoinRule = parser(joinRules);
export const parseVisibility = parser(visibilities);
export const parseRole = parser(roles);
export const parseState = parser(states);
export const parsePermission = parser(permissions);

/** A list of different permissions. @throws ChatError FIELD_INVALID */
export function parsePermissions(values: readonly v1.Permission[], field: string): readonly Permission[] {
  const parsed = values.map((value) => {
    const permission = parsePermission(value, field);
    if (permission === null) {
      throw new ChatError("FIELD_INVALID", `${field} has an unspecified permission`, { field });
    }
    return permission;
  });
  const repeated = parsed.find((permission, index) => parsed.indexOf(permission) !== index);
  if (repeated === undefined) return parsed;
  throw new ChatError("FIELD_INVALID", `${field} names ${repeated} more than once`, { field });
}

function parser<Name extends string>(
  table: Readonly<Record<Name, number>>,
): (value: number, field: string) => Name | null {
  const names = new Map((Object.keys(table) as Name[]).map((name) => [table[name], name]));
  return (value, field) => {
    if (value === 0) return null;
    const name = names.get(value);
    if (name !== undefined) return name;
    throw new ChatError("FIELD_INVALID", `${field} is ${value}, which means nothing here`, { field });
  };
}
