import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type EnumNames, enumNames, v1 } from "@confab/protocol";
import type { RoomRole } from "../../../domain/access/permissions.ts";
import type { Presence } from "../../../domain/live/changes.ts";
import type { MemberState } from "../../../domain/members/membership.ts";
import type { Member, OwnMember } from "../../../domain/rooms/room.ts";
import { enumParser } from "../enums.ts";
import { permissions } from "./permissions.ts";

const roles = enumNames(v1.Role) satisfies EnumNames<RoomRole>;
const states = enumNames(v1.MemberState) satisfies EnumNames<MemberState>;
export const presences = enumNames(v1.Presence) satisfies EnumNames<Presence>;

export const parseRole = enumParser(roles);
export const parseState = enumParser(states);

/** Converts a member as everyone in the room may see them. */
export function toMember(member: Member): v1.Member {
  const { mutedUntilMs, expiresAtMs } = member;
  return create(v1.MemberSchema, {
    roomId: member.roomId,
    userId: member.userId,
    role: roles.toNumber(member.role),
    state: states.toNumber(member.state),
    allow: member.allow.map(({ permission }) => permissions.toNumber(permission)),
    deny: member.deny.map(({ permission }) => permissions.toNumber(permission)),
    readSeq: BigInt(member.readSeq),
    ...(mutedUntilMs !== null && { mutedUntilTime: timestampFromMs(mutedUntilMs) }),
    ...(expiresAtMs !== null && { expireTime: timestampFromMs(expiresAtMs) }),
  });
}

/** Converts a member as they see themselves once they are out of the room. */
export function toRemovedMember(member: Member): v1.Member {
  const message = toMember(member);
  message.reason = member.removedFor ?? "";
  return message;
}

/** Converts a member as they see themselves. */
export function toOwnMember(member: OwnMember): v1.Member {
  const message = toRemovedMember(member);
  message.unreadCount = BigInt(member.unreadCount);
  message.mentionCount = BigInt(member.mentionCount);
  message.joinedSeq = BigInt(member.joinedSeq);
  return message;
}
