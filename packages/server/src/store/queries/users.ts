import type { Kysely, Transaction } from "kysely";
import type { SessionId, UserId } from "../../domain/ids.ts";
import { nameKey } from "../../domain/names.ts";
import type { User } from "../../domain/users.ts";
import type {
  AccessChange,
  AccountStore,
  ListedUser,
  NewUser,
  UpdateOutcome,
  UserChange,
  UserKey,
} from "../port/accounts.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { endSessionsOf } from "./sessions.ts";
import { selectUsers, toUser, userColumns } from "./user-rows.ts";

export async function createUser(db: Kysely<Schema>, user: NewUser): ReturnType<AccountStore["createUser"]> {
  return db.transaction().execute(async (trx) => {
    const { externalSubject } = user;
    if (externalSubject !== null && (await findUser(trx, { externalSubject }))) return "subject-known";
    if (user.handle && (await isHandleTaken(trx, user.handle.key, user.id))) return "handle-taken";
    await insertUser(trx, user);
    if (user.passwordHash !== null) {
      await trx
        .insertInto("credentials")
        .values({ user_id: user.id, password_hash: user.passwordHash, updated_at: user.nowMs })
        .execute();
    }
    await appendAudit(trx, user.audit);
    return "created";
  });
}

/** The row alone, for those who make users as a part of something else. */
export async function insertUser(
  trx: Transaction<Schema>,
  user: Omit<NewUser, "passwordHash" | "audit">,
): Promise<void> {
  await trx
    .insertInto("users")
    .values({
      id: user.id,
      kind: user.kind,
      state: "active",
      suspended_until: null,
      role: user.role,
      role_until: null,
      handle: user.handle?.handle ?? null,
      handle_key: user.handle?.key ?? null,
      display_name: user.displayName,
      display_key: nameKey(user.displayName),
      about: user.about ?? "",
      avatar_url: user.avatarUrl ?? "",
      labels: JSON.stringify(user.labels ?? {}),
      hide_presence: user.hidesPresence ? 1 : 0,
      external_subject: user.externalSubject,
      created_at: user.nowMs,
      updated_at: user.nowMs,
    })
    .execute();
}

export async function findUser(db: Kysely<Schema>, key: UserKey): Promise<User | null> {
  const row = await byKey(db, key).executeTakeFirst();
  return row ? toUser(row) : null;
}

function byKey(db: Kysely<Schema>, key: UserKey) {
  const users = selectUsers(db);
  if ("userId" in key) return users.where("id", "=", key.userId);
  if ("handleKey" in key) return users.where("handle_key", "=", key.handleKey);
  return users.where("external_subject", "=", key.externalSubject);
}

export async function findUsers(
  db: Kysely<Schema>,
  { userIds }: Parameters<AccountStore["findUsers"]>[0],
): Promise<readonly User[]> {
  if (userIds.length === 0) return [];
  const rows = await selectUsers(db).where("id", "in", userIds).execute();
  return rows.map(toUser);
}

export async function listUsers(
  db: Kysely<Schema>,
  { afterKey, limit, prefix }: Parameters<AccountStore["listUsers"]>[0],
): Promise<readonly ListedUser[]> {
  let query = db
    .selectFrom("users")
    .select([...userColumns, "users.handle_key"])
    .where("handle_key", ">", afterKey)
    .where("state", "!=", "erased")
    .orderBy("handle_key", "asc")
    .limit(limit);
  if (prefix !== "") {
    // The range of everything that begins with the prefix: nothing in it is an operator, as % would be in LIKE.
    const end = `${prefix}\u{10ffff}`;
    query = query.where((where) =>
      where.or([
        where.and([where("handle_key", ">=", prefix), where("handle_key", "<", end)]),
        where.and([where("display_key", ">=", prefix), where("display_key", "<", end)]),
      ]),
    );
  }
  const rows = await query.execute();
  return rows.map((row) => ({ user: toUser(row), key: row.handle_key ?? "" }));
}

export async function updateUser(db: Kysely<Schema>, change: UserChange): Promise<UpdateOutcome> {
  return db.transaction().execute(async (trx) => {
    const { userId, handle, displayName, labels, hidesPresence, expectedVersion } = change;
    const before = await findUser(trx, { userId });
    if (!before || before.state.kind === "erased") return { kind: "not-found" };
    if (expectedVersion !== undefined && before.version !== expectedVersion)
      return { kind: "version-conflict" };
    if (handle && (await isHandleTaken(trx, handle.key, userId))) return { kind: "handle-taken" };
    await trx
      .updateTable("users")
      .set({
        ...(handle && { handle: handle.handle, handle_key: handle.key }),
        ...(displayName !== undefined && { display_name: displayName, display_key: nameKey(displayName) }),
        ...(change.about !== undefined && { about: change.about }),
        ...(change.avatarUrl !== undefined && { avatar_url: change.avatarUrl }),
        ...(labels && { labels: JSON.stringify(labels) }),
        ...(hidesPresence !== undefined && { hide_presence: hidesPresence ? 1 : 0 }),
        ...(hidesPresence && { last_seen_at: null }),
        version: before.version + 1,
        updated_at: change.nowMs,
      })
      .where("id", "=", userId)
      .execute();
    await appendAudit(trx, change.audit);
    const after = await findUser(trx, { userId });
    return after ? { kind: "updated", user: after } : { kind: "not-found" };
  });
}

export async function updateAccess(
  db: Kysely<Schema>,
  { userId, state, role, nowMs, audit }: AccessChange,
): Promise<{ readonly endedSessions: readonly SessionId[] } | "not-found"> {
  return db.transaction().execute(async (trx) => {
    const result = await trx
      .updateTable("users")
      .set((update) => ({
        ...(state && {
          state: state.kind,
          suspended_until: state.kind === "suspended" ? state.untilMs : null,
        }),
        ...(role && { role: role.role, role_until: role.untilMs }),
        version: update("version", "+", 1),
        updated_at: nowMs,
      }))
      .where("id", "=", userId)
      .where("state", "!=", "erased")
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return "not-found";
    await appendAudit(trx, audit);
    const endedSessions = state?.kind === "suspended" ? await endSessionsOf(trx, userId, null) : [];
    return { endedSessions };
  });
}

export async function isHandleTaken(
  trx: Transaction<Schema>,
  key: string,
  exceptId: UserId,
): Promise<boolean> {
  const holder = await trx
    .selectFrom("users")
    .select("id")
    .where("handle_key", "=", key)
    .where("id", "!=", exceptId)
    .executeTakeFirst();
  return holder !== undefined;
}
