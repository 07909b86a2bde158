import type { Kysely, Selectable } from "kysely";
import type { Permission } from "../../domain/access/permissions.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { Room } from "../../domain/rooms/room.ts";
import type { Schema } from "./schema.ts";

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
  "rooms.direct_users",
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

const NOBODY: readonly UserId[] = [];

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
    directUserIds: row.direct_users === "" ? NOBODY : (row.direct_users.split("\n") as UserId[]),
    lastSeq: Number(row.last_seq),
    firstSeq: Number(row.first_seq),
    revision: Number(row.revision),
    memberCount: Number(row.member_count),
    version: Number(row.version),
    createdAtMs: Number(row.created_at),
    updatedAtMs: Number(row.updated_at),
  };
}
