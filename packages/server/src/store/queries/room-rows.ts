import type { Kysely, Selectable } from "kysely";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { TimedPermission } from "../../domain/membership.ts";
import type { Permission } from "../../domain/permissions.ts";
import type { Member, Room } from "../../domain/rooms.ts";
import type { Schema } from "../schema.ts";

/** The columns that make a `Room`. */
export const roomColumns = [
  "rooms.id",
  "rooms.kind",
  "rooms.state",
  "rooms.title",
  "rooms.topic",
  "rooms.public",
  "rooms.join_rule",
  "rooms.history_visibility",
  "rooms.slow_mode_ms",
  "rooms.retention_ms",
  "rooms.max_members",
  "rooms.member_permissions",
  "rooms.required_likes",
  "rooms.labels",
  "rooms.last_seq",
  "rooms.first_seq",
  "rooms.revision",
  "rooms.member_count",
  "rooms.version",
  "rooms.created_at",
  "rooms.updated_at",
] as const;

type RoomColumn = (typeof roomColumns)[number] extends `rooms.${infer Name}` ? Name : never;

export function selectRooms(db: Kysely<Schema>) {
  return db.selectFrom("rooms").select(roomColumns);
}

export function toRoom(row: Pick<Selectable<Schema["rooms"]>, RoomColumn>): Room {
  return {
    id: row.id as RoomId,
    kind: row.kind,
    state: row.state,
    title: row.title,
    topic: row.topic,
    isPublic: row.public === 1,
    joinRule: row.join_rule,
    historyVisibility: row.history_visibility,
    slowModeMs: Number(row.slow_mode_ms),
    retentionMs: Number(row.retention_ms),
    maxMembers: row.max_members,
    memberPermissions: JSON.parse(row.member_permissions) as Permission[],
    requiredLikes: row.required_likes,
    labels: JSON.parse(row.labels) as Record<string, string>,
    lastSeq: Number(row.last_seq),
    firstSeq: Number(row.first_seq),
    revision: Number(row.revision),
    memberCount: Number(row.member_count),
    version: Number(row.version),
    createdAtMs: Number(row.created_at),
    updatedAtMs: Number(row.updated_at),
  };
}

/** The columns that make a `Member`. */
export const memberColumns = [
  "members.room_id",
  "members.user_id",
  "members.role",
  "members.state",
  "members.expires_at",
  "members.muted_until",
  "members.allow",
  "members.deny",
  "members.joined_seq",
  "members.read_seq",
  "members.revision",
] as const;

type MemberColumn = (typeof memberColumns)[number] extends `members.${infer Name}` ? Name : never;

export function selectMembers(db: Kysely<Schema>) {
  return db.selectFrom("members").select(memberColumns);
}

export function toMember(row: Pick<Selectable<Schema["members"]>, MemberColumn>): Member {
  return {
    roomId: row.room_id as RoomId,
    userId: row.user_id as UserId,
    role: row.role,
    state: row.state,
    expiresAtMs: toNumber(row.expires_at),
    mutedUntilMs: toNumber(row.muted_until),
    allow: toTimed(row.allow),
    deny: toTimed(row.deny),
    joinedSeq: Number(row.joined_seq),
    readSeq: Number(row.read_seq),
    revision: Number(row.revision),
  };
}

const NONE: readonly never[] = [];

function toTimed(list: string): readonly TimedPermission[] {
  return list === "[]" ? NONE : (JSON.parse(list) as TimedPermission[]);
}

function toNumber(value: number | null): number | null {
  return value === null ? null : Number(value);
}
