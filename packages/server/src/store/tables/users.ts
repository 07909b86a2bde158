import type { Kysely, Selectable } from "kysely";
import type { UserId } from "../../domain/ids.ts";
import type { Account, AccountState } from "../../domain/users/system-roles.ts";
import type { User } from "../../domain/users/user.ts";
import type { Schema } from "./schema.ts";

type UserRow = Selectable<Schema["users"]>;
type HiddenColumn = "handle_key" | "display_key" | "external_subject" | "last_seen_at" | "messages_erased";

export const userColumns = [
  "users.id",
  "users.kind",
  "users.state",
  "users.suspended_until",
  "users.role",
  "users.role_until",
  "users.handle",
  "users.display_name",
  "users.about",
  "users.avatar_url",
  "users.labels",
  "users.hide_presence",
  "users.direct_messages",
  "users.version",
  "users.created_at",
  "users.updated_at",
] as const;

export function selectUsers(db: Kysely<Schema>) {
  return db.selectFrom("users").select(userColumns);
}

export function toUser(row: Omit<UserRow, HiddenColumn>): User {
  return {
    id: row.id as UserId,
    kind: row.kind,
    ...toAccount(row),
    handle: row.handle ?? "",
    displayName: row.display_name,
    about: row.about,
    avatarUrl: row.avatar_url,
    labels: JSON.parse(row.labels) as Record<string, string>,
    hidesPresence: row.hide_presence === 1,
    directMessages: row.direct_messages,
    version: Number(row.version),
    createdAtMs: Number(row.created_at),
    updatedAtMs: Number(row.updated_at),
  };
}

type AccountRow = Pick<UserRow, "state" | "suspended_until" | "role" | "role_until">;

export function toAccount(row: AccountRow): Account {
  return { state: toState(row), role: row.role, roleUntilMs: toNumber(row.role_until) };
}

function toState({ state, suspended_until }: Pick<UserRow, "state" | "suspended_until">): AccountState {
  return state === "suspended" ? { kind: state, untilMs: toNumber(suspended_until) } : { kind: state };
}

function toNumber(value: number | null): number | null {
  return value === null ? null : Number(value);
}
