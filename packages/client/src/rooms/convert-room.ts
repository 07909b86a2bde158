import { type Duration, durationMs, type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import { type EnumNames, enumNames, v1 } from "@confab/protocol";
import type { MemberRecord, RoomRecord } from "../live/records.ts";
import type { Activity } from "../presence/presence.ts";
import type { MemberState, Permission, Role, RoomInfo, RoomPolicy } from "./room-info.ts";

export const roomKinds = enumNames(v1.RoomKind) satisfies EnumNames<RoomInfo["kind"]>;
export const joinRules = enumNames(v1.JoinRule) satisfies EnumNames<RoomPolicy["joinRule"]>;
export const visibilities = enumNames(v1.HistoryVisibility) satisfies EnumNames<
  RoomPolicy["historyVisibility"]
>;
export const roles = enumNames(v1.Role) satisfies EnumNames<Role>;
export const memberStates = enumNames(v1.MemberState) satisfies EnumNames<MemberState>;
export const activities = enumNames(v1.Activity) satisfies EnumNames<Activity | "typing">;
const presences = enumNames(v1.Presence) satisfies EnumNames<Activity>;
export const permissions = enumNames(v1.Permission) satisfies EnumNames<Permission>;

/** Converts the fields that are the same for all members. Unknown enum values become the plainest one. */
export function toRoomRecord(room: v1.Room): RoomRecord {
  return {
    id: room.id,
    kind: roomKinds.toName(room.kind) ?? "group",
    title: room.title,
    topic: room.topic,
    isPublic: room.public,
    policy: toPolicy(room.policy),
    labels: { ...room.labels },
    directUserIds: room.directUserIds,
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
    role: roles.toName(member.role) ?? "guest",
    state: memberStates.toName(member.state) ?? "left",
    allow: member.allow.flatMap((permission) => permissions.toName(permission) ?? []),
    deny: member.deny.flatMap((permission) => permissions.toName(permission) ?? []),
    readSeq: Number(member.readSeq),
    presence: presences.toName(member.presence) ?? "offline",
    reason: member.reason,
    ...(mutedUntilTime && { mutedUntil: timestampDate(mutedUntilTime) }),
    ...(expireTime && { expireTime: timestampDate(expireTime) }),
    ...(lastSeenTime && { lastSeenTime: timestampDate(lastSeenTime) }),
  };
}

export function toActivity(activity: v1.Activity): Activity {
  const name = activities.toName(activity);
  return name === undefined || name === "typing" ? "offline" : name;
}

export function toDate(time: Timestamp | undefined): Date {
  return time ? timestampDate(time) : new Date(0);
}

function toPolicy(policy: v1.RoomPolicy | undefined): RoomPolicy {
  return {
    joinRule: joinRules.toName(policy?.joinRule ?? 0) ?? "invite",
    historyVisibility: visibilities.toName(policy?.historyVisibility ?? 0) ?? "full",
    slowModeMs: toMs(policy?.slowMode),
    retentionMs: toMs(policy?.retention),
    maxMembers: policy?.maxMembers ?? 0,
    requiredLikes: policy?.requiredLikes ?? 0,
  };
}

function toMs(duration: Duration | undefined): number {
  return duration ? durationMs(duration) : 0;
}
