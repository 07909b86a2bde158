import { type Kysely, sql } from "kysely";
import type { KeyRecord, KeyRecords } from "../../keys/port.ts";
import type { Schema } from "../tables/schema.ts";

/** Apart from the locks of names: two processes that start make the first key one after the other. */
const FIRST_KEY_LOCK = 0x636f6e66_6b657973n;

/** The keys that all processes of a database share. */
export interface SharedKeys {
  readonly signing: KeyRecords;
  /** Returns the secret of that name: this one, if there is none yet. */
  secret(name: string, value: string): Promise<string>;
}

export function sharedKeys(db: Kysely<Schema>): SharedKeys {
  return {
    signing: {
      async list() {
        const { rows } = await sql<{ id: string; created_at: number; jwk: string }>`
          select id, created_at, jwk from signing_keys`.execute(db);
        return rows.map(({ id, created_at, jwk }) => ({
          keyId: id,
          createdAtMs: created_at,
          jwk: JSON.parse(jwk) as KeyRecord["jwk"],
        }));
      },
      add: (key) => insert(db, key),
      async addFirst(key) {
        await db.transaction().execute(async (trx) => {
          await sql`select pg_advisory_xact_lock(${FIRST_KEY_LOCK})`.execute(trx);
          const { rows } = await sql`select id from signing_keys limit 1`.execute(trx);
          if (rows.length === 0) await insert(trx, key);
        });
      },
      async remove(keyIds) {
        await sql`delete from signing_keys where id = any(${keyIds}::text[])`.execute(db);
      },
    },
    async secret(name, value) {
      await sql`insert into secrets (name, value) values (${name}, ${value}) on conflict do nothing`.execute(
        db,
      );
      const { rows } = await sql<{ value: string }>`
        select value from secrets where name = ${name}`.execute(db);
      return rows[0]?.value ?? value;
    },
  };
}

async function insert(db: Kysely<Schema>, { keyId, createdAtMs, jwk }: KeyRecord): Promise<void> {
  await sql`insert into signing_keys (id, created_at, jwk)
    values (${keyId}, ${createdAtMs}, ${JSON.stringify(jwk)})`.execute(db);
}
