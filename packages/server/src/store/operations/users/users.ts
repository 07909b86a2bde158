import type { Kysely, Transaction } from "kysely";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { UserId } from "../../../domain/ids.ts";
import {
  decideAccountAction,
  decideCreation,
  decideRoleChange,
} from "../../../domain/users/account-actions.ts";
import { handleTaken, nameHeld, nameKey } from "../../../domain/users/names.ts";
import { isSameProfile, type User, userNotFound } from "../../../domain/users/user.ts";
import type { AccessChange, NewUser, UserKey } from "../../port/users.ts";
import type { Schema } from "../../tables/schema.ts";
import { selectUsers, toUser, userColumns } from "../../tables/users.ts";
import { appendAudit } from "../admin/audit.ts";
import type { Operation } from "../operation.ts";
import { endSessionsOf } from "../sessions/ended-sessions.ts";
import { readActor, requireAccountAction } from "./actors.ts";
import { renameGuests } from "./guest-names.ts";
import { bringBack, isRetired, requireRetirable, retireHandle } from "./retired-handles.ts";

export const createUser: Operation<"createUser"> = async (trx, user) => {
  const { externalSubject, request } = user;
  if (request) {
    const creator = request.creator && (await readActor(trx, request.creator));
    requireAllowed(decideCreation(creator, { ...request, role: user.role }, user.nowMs));
  }
  if (externalSubject !== null && (await findUser(trx, { externalSubject }))) return "subject-known";
  const name = user.handle?.key ?? nameKey(user.displayName);
  const taking = { userId: user.id, isService: false, nowMs: user.nowMs };
  if (await isHandleTaken(trx, name, taking)) return "handle-taken";
  await insertUser(trx, user);
  if (user.passwordHash !== null) {
    await trx
      .insertInto("credentials")
      .values({ user_id: user.id, password_hash: user.passwordHash, updated_at: user.nowMs })
      .execute();
  }
  await appendAudit(trx, user.audit);
  return "created";
};

/** The row alone, for those who make users as a part of something else. */
export async function insertUser(
  trx: Transaction<Schema>,
  user: Omit<NewUser, "request" | "passwordHash" | "audit">,
): Promise<void> {
  if (user.handle) await takeHandle(trx, user.handle.key, user.nowMs);
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
      direct_messages: user.directMessages ?? null,
      external_subject: user.externalSubject,
      created_at: user.nowMs,
      updated_at: user.nowMs,
    })
    .execute();
}

export const findUser: Operation<"findUser"> = async (db, key) => {
  const row = await byKey(db, key).executeTakeFirst();
  return row ? toUser(row) : null;
};

function byKey(db: Kysely<Schema>, key: UserKey) {
  const users = selectUsers(db);
  if ("userId" in key) return users.where("id", "=", key.userId);
  if ("handleKey" in key) return users.where("handle_key", "=", key.handleKey);
  return users.where("external_subject", "=", key.externalSubject);
}

export const findUsers: Operation<"findUsers"> = async (db, { userIds }) => {
  if (userIds.length === 0) return [];
  const rows = await selectUsers(db).where("id", "in", userIds).execute();
  return rows.map(toUser);
};

export const listUsers: Operation<"listUsers"> = async (db, { afterKey, limit, prefix }) => {
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
};

export const updateUser: Operation<"updateUser"> = async (trx, change) => {
  const { actor, userId, handle, displayName, labels, hidesPresence, expectedVersion, nowMs } = change;
  const { directMessages } = change;
  if (actor) await requireAccountAction(trx, { actor, userId, nowMs }, { action: "update" });
  // A service that acts for the user sets them itself.
  if (actor && labels && change.audit.serviceId === null) {
    await requireAccountAction(trx, { actor, userId, nowMs }, { action: "label", field: "labels" });
  }
  const before = await findUser(trx, { userId });
  if (!before || before.state.kind === "erased") throw userNotFound();
  if (expectedVersion !== undefined && before.version !== expectedVersion) {
    const problem = "the profile has changed since it was read: read it again";
    throw new ChatError("EDIT_CONFLICT", problem, { field: "etag" });
  }
  const wanted = { ...change, handle: handle?.handle };
  if (isSameProfile(before, wanted)) return { user: before, isChanged: false };
  if (handle) await changeHandle(trx, { before, handle, isOwn: actor?.id === userId, nowMs });
  await requireFreeName(trx, { before, displayName, nowMs });
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
      ...(directMessages !== undefined && { direct_messages: directMessages }),
      version: before.version + 1,
      updated_at: nowMs,
    })
    .where("id", "=", userId)
    .execute();
  await appendAudit(trx, change.audit);
  const user = toUser(await byKey(trx, { userId }).executeTakeFirstOrThrow());
  return { user, isChanged: true };
};

interface HandleChange {
  readonly before: User;
  readonly handle: { readonly handle: string; readonly key: string; readonly field: string };
  /** The user changes it, and not someone who manages accounts. */
  readonly isOwn: boolean;
  readonly nowMs: number;
}

/** Prepares for another handle: the one before is kept for the user. @throws ChatError HANDLE_TAKEN, RATE_LIMITED */
async function changeHandle(
  trx: Transaction<Schema>,
  { before, handle: { handle, key, field }, isOwn, nowMs }: HandleChange,
): Promise<void> {
  const { id: userId } = before;
  const isService = before.role === "service";
  if (await isHandleTaken(trx, key, { userId, isService, nowMs })) throw handleTaken(handle, field);
  await takeHandle(trx, key, nowMs);
  const handleKey = nameKey(before.handle);
  if (handleKey === "" || handleKey === key) return;
  if (isOwn) await requireRetirable(trx, userId, { nowMs, field });
  await retireHandle(trx, { handleKey, userId, isService, nowMs });
}

async function takeHandle(trx: Transaction<Schema>, handleKey: string, nowMs: number): Promise<void> {
  await bringBack(trx, handleKey);
  await renameGuests(trx, handleKey, nowMs);
}

interface NameChange {
  readonly before: User;
  readonly displayName: string | undefined;
  readonly nowMs: number;
}

/** A guest may not be called as an account is. @throws ChatError NAME_HELD */
async function requireFreeName(
  trx: Transaction<Schema>,
  { before: { id, kind, handle }, displayName, nowMs }: NameChange,
): Promise<void> {
  if (kind !== "guest" || handle !== "" || displayName === undefined) return;
  const taking = { userId: id, isService: false, nowMs };
  if (await isHandleTaken(trx, nameKey(displayName), taking)) throw nameHeld(displayName, "display_name");
}

export const updateAccess: Operation<"updateAccess"> = async (trx, change) => {
  const { userId, state, role, nowMs, audit } = change;
  await requireMayChange(trx, change);
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
  if (result.numUpdatedRows === 0n) throw userNotFound();
  await appendAudit(trx, audit);
  const endedSessions = state?.kind === "suspended" ? await endSessionsOf(trx, userId, null) : [];
  return { endedSessions };
};

async function requireMayChange(trx: Transaction<Schema>, change: AccessChange): Promise<void> {
  const { actor, userId, state, role, nowMs } = change;
  if (!actor) return;
  const isSelf = userId === actor.id;
  const target = { account: isSelf ? actor : await findUser(trx, { userId }), isSelf };
  if (state) {
    const action = state.kind === "suspended" ? "suspend" : "reinstate";
    requireAllowed(decideAccountAction(actor, { action, ...target }, nowMs), "state");
  }
  if (role) requireAllowed(decideRoleChange(actor, { role: role.role, ...target }, nowMs), "role");
}

/** Returns true if another has the handle, or has given it up lately. */
export async function isHandleTaken(
  trx: Transaction<Schema>,
  handleKey: string,
  taking: { readonly userId: UserId; readonly isService: boolean; readonly nowMs: number },
): Promise<boolean> {
  const holder = await trx
    .selectFrom("users")
    .select("id")
    .where("handle_key", "=", handleKey)
    .where("id", "!=", taking.userId)
    .executeTakeFirst();
  return holder !== undefined || isRetired(trx, { handleKey, ...taking });
}
