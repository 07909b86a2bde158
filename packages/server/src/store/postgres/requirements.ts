import { type Kysely, sql } from "kysely";
import type { Schema } from "../tables/schema.ts";

const OLDEST_VERSION = 14;

/** Goes on if what is answered is on the disk, and all text can be kept. @throws Error that says what to change */
export async function requireDurable(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql<Record<"version" | "fsync" | "synchronous_commit" | "encoding", string>>`
    select current_setting('server_version_num') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as synchronous_commit,
      current_setting('server_encoding') as encoding`.execute(db);
  const [has] = rows;
  if (!has) throw new Error("the database does not tell its settings");
  const version = Math.floor(Number(has.version) / 10_000);
  if (version < OLDEST_VERSION) {
    throw new Error(`it is PostgreSQL ${version}: Confab needs ${OLDEST_VERSION} or newer`);
  }
  if (has.fsync !== "on") {
    throw new Error("it has fsync off, and would lose messages with its power: turn fsync on");
  }
  if (has.synchronous_commit !== "on" && has.synchronous_commit !== "remote_apply") {
    const problem = `synchronous_commit is ${has.synchronous_commit}, so that answered messages could be lost`;
    throw new Error(`${problem}: set it to on for this role and database`);
  }
  if (has.encoding !== "UTF8") {
    throw new Error(`its encoding is ${has.encoding}: make the database with encoding UTF8`);
  }
}
