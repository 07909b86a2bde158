import type { Kysely, Selectable } from "kysely";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { TimedPermission } from "../../domain/members/membership.ts";
import type { Member } from "../../domain/rooms/room.ts";
import type { Schema } from "./schema.ts";

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
  "members.removed_for",
] as const;

type MemberColumn = (typeof memberColumns)[number] extends `members.${infer Name}` ? Name : never;

type MemberRow = Pick<Selectable<Schema["members"]>, MemberColumn>;

export function selectMembers(db: Kysely<Schema>) {
  return db.selectFrom("members").select(memberColumns);
}

export function toMember(row: MemberRow): Member {
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
    removedFor: row.removed_for,
  };
}

/** Converts the columns of a left join: null where there is no record. */
export function toMemberOrNull(
  row: { readonly [Name in MemberColumn]: MemberRow[Name] | null },
): Member | null {
  const { room_id, user_id, role, state } = row;
  if (room_id === null || user_id === null || role === null || state === null) return null;
  const { allow, deny, joined_seq, read_seq, revision, expires_at, muted_until, removed_for } = row;
  const counters = { joined_seq: joined_seq ?? 0, read_seq: read_seq ?? 0, revision: revision ?? 0 };
  const lists = { allow: allow ?? "[]", deny: deny ?? "[]" };
  return toMember({
    room_id,
    user_id,
    role,
    state,
    expires_at,
    muted_until,
    removed_for,
    ...lists,
    ...counters,
  });
}

const NONE: readonly never[] = [];

function toTimed(list: string): readonly TimedPermission[] {
  return list === "[]" ? NONE : (JSON.parse(list) as TimedPermission[]);
}

function toNumber(value: number | null): number | null {
  return value === null ? null : Number(value);
}
