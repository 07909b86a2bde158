import type { Kysely } from "kysely";
import { createAccounts } from "./first/accounts.ts";
import { createMessages } from "./first/messages.ts";
import { createRooms } from "./first/rooms.ts";
import { createSearch } from "./first/search.ts";

/** All tables of the first release. */
export async function up(db: Kysely<never>): Promise<void> {
  await createAccounts(db);
  await createRooms(db);
  await createMessages(db);
  await createSearch(db);
}
