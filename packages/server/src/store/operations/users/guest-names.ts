import { sql, type Transaction } from "kysely";
import type { UserId } from "../../../domain/ids.ts";
import type { Schema } from "../../tables/schema.ts";
import type { Operation } from "../operation.ts";

const SUFFIX = " (guest)";
/** The most renamed guests of one handle that others are told of. */
const MAX_LISTED = 100;
/** The suffix fits behind this much of a name, which has at most 64 characters. */
const KEPT_CHARACTERS = 64 - SUFFIX.length;

/**
 * Renames the guests who are called as a handle that an account takes: "Ada" becomes "Ada (guest)", which can't be a handle.
 * So nobody is mistaken for the account, and the guests may go on.
 */
export async function renameGuests(
  trx: Transaction<Schema>,
  handleKey: string,
  nowMs: number,
): Promise<void> {
  const renamed = (column: "display_name" | "display_key") =>
    sql<string>`substr(${sql.ref(column)}, 1, ${KEPT_CHARACTERS}) || ${SUFFIX}`;
  await trx
    .updateTable("users")
    .set((update) => ({
      display_name: renamed("display_name"),
      display_key: renamed("display_key"),
      version: update("version", "+", 1),
      updated_at: nowMs,
    }))
    .where("display_key", "=", handleKey)
    .where("kind", "=", "guest")
    .where("handle", "is", null)
    .execute();
}

export const listGuestsRenamedFor: Operation<"listGuestsRenamedFor"> = async (db, { handleKey }) => {
  const rows = await db
    .selectFrom("users")
    .select("id")
    .where("display_key", "=", `${handleKey}${SUFFIX}`)
    .where("kind", "=", "guest")
    .orderBy("updated_at", "desc")
    .limit(MAX_LISTED)
    .execute();
  return rows.map((row) => row.id as UserId);
};
