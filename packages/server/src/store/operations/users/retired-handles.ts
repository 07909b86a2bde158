import { hash } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import { ChatError } from "../../../domain/errors.ts";
import type { UserId } from "../../../domain/ids.ts";
import { isHandle } from "../../../domain/users/names.ts";
import { MAX_RETIRED_HANDLES, RETIRED_MS } from "../../../domain/users/retired-handles.ts";
import type { Schema } from "../../tables/schema.ts";
import { selectAll } from "../compiled.ts";
import type { Operation } from "../operation.ts";

/** The handle of an account, and who may have it. */
interface Retirement {
  readonly handleKey: string;
  /** The only user who may take it back; null: nobody may. */
  readonly userId: UserId | null;
  /** Another service may take it. */
  readonly isService: boolean;
  readonly nowMs: number;
}

/** Keeps a handle that was given up from everyone else for a while. Only its hash is stored. */
export async function retireHandle(
  trx: Transaction<Schema>,
  { handleKey, userId, isService, nowMs }: Retirement,
): Promise<void> {
  await bringBack(trx, handleKey);
  await trx
    .insertInto("retired_handles")
    .values({
      handle_hash: hashOf(handleKey),
      user_id: userId,
      is_service: isService ? 1 : 0,
      expires_at: nowMs + RETIRED_MS,
    })
    .execute();
}

/** Returns true if a name is the retired handle of somebody else. */
export async function isRetired(
  trx: Transaction<Schema>,
  { handleKey, userId, isService, nowMs }: Retirement & { readonly userId: UserId },
): Promise<boolean> {
  const row = await trx
    .selectFrom("retired_handles")
    .select(["user_id", "is_service"])
    .where("handle_hash", "=", hashOf(handleKey))
    .where("expires_at", ">", nowMs)
    .executeTakeFirst();
  return row !== undefined && row.user_id !== userId && !(isService && row.is_service === 1);
}

const selectRetired = selectAll((db, hashes) =>
  db.selectFrom("retired_handles").select(["handle_hash", "expires_at"]).where("handle_hash", "in", hashes),
);

/** Returns those of these names that are retired handles, each with the time until which nobody else can have it. */
export async function findRetired(
  trx: Transaction<Schema>,
  nameKeys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  // Names that can't be handles are not hashed.
  const byHash = new Map([...nameKeys].filter(isHandle).map((key) => [hashOf(key), key]));
  const rows = await selectRetired(trx, new Set(byHash.keys()));
  return new Map(rows.map((row) => [byHash.get(row.handle_hash) ?? "", Number(row.expires_at)]));
}

/** Ends the retirement of a handle that somebody has taken. */
export async function bringBack(trx: Transaction<Schema>, handleKey: string): Promise<void> {
  await trx.deleteFrom("retired_handles").where("handle_hash", "=", hashOf(handleKey)).execute();
}

/** @throws ChatError RATE_LIMITED when a user has retired as many handles as one may */
export async function requireRetirable(
  trx: Transaction<Schema>,
  userId: UserId,
  { nowMs, field }: { readonly nowMs: number; readonly field: string },
): Promise<void> {
  const rows = await trx
    .selectFrom("retired_handles")
    .select("expires_at")
    .where("user_id", "=", userId)
    .where("expires_at", ">", nowMs)
    .orderBy("expires_at")
    .limit(MAX_RETIRED_HANDLES)
    .execute();
  const [first] = rows;
  if (!first || rows.length < MAX_RETIRED_HANDLES) return;
  const problem = `you have given up ${rows.length} handles lately, and they are kept for you: take one of them, or wait`;
  throw new ChatError("RATE_LIMITED", problem, { field, retryAfterMs: Number(first.expires_at) - nowMs });
}

/** Unlinks an erased user from the handles that they gave up earlier. */
export async function forgetRetirements(trx: Transaction<Schema>, userId: UserId): Promise<void> {
  await trx.updateTable("retired_handles").set({ user_id: null }).where("user_id", "=", userId).execute();
}

export const releaseHandles: Operation<"releaseHandles"> = async (db: Kysely<Schema>, { nowMs }) => {
  await db.deleteFrom("retired_handles").where("expires_at", "<=", nowMs).execute();
};

function hashOf(handleKey: string): string {
  return hash("sha256", handleKey, "base64url");
}
