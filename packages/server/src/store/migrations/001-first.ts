import type { Kysely } from "kysely";
import { tablesOf } from "../dialect.ts";
import { createAccounts } from "./first/accounts.ts";
import { createMessages } from "./first/messages.ts";
import { createRooms } from "./first/rooms.ts";

/** All tables of the first release. */
export async function up(db: Kysely<never>): Promise<void> {
  await createAccounts(db);
  await createRooms(db);
  await createMessages(db);
  await tablesOf(db).createOwn(db);
}
