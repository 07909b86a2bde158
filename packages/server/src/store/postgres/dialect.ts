import {
  type Dialect,
  type Expression,
  isExpression,
  PostgresAdapter,
  PostgresDialect,
  type PostgresPool,
  type RawBuilder,
  sql,
  type Transaction,
} from "kysely";
import type { Locks, StoreDialect } from "../dialect.ts";
import type { Schema } from "../tables/schema.ts";
import { postgresSearch } from "./search.ts";
import { postgresTables } from "./tables.ts";

/** Apart from the advisory locks of other applications in the same database. */
const NAME_LOCKS = 0x636f6e66;

const store: StoreDialect = {
  lock,
  search: postgresSearch,
  tables: postgresTables,
  rowsOf(table, rows) {
    const columns = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.ref(column)));
    const json = JSON.stringify(rows.map(toJson));
    return sql`select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${json}::json)`;
  },
};

/** Kysely's own dialect for PostgreSQL, with what a store's database brings. */
export function postgresDialect(pool: PostgresPool): Dialect {
  const dialect = new PostgresDialect({ pool });
  const adapter = Object.assign(new PostgresAdapter(), store);
  return {
    createDriver: () => dialect.createDriver(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (kysely) => dialect.createIntrospector(kysely),
    createAdapter: () => adapter,
  };
}

/**
 * Locks rows. What is locked with `for no key update` can still be referred to by new rows. Actors are locked as such a new
 * row locks them, so that they stay as they are and others can rely on them, too; only `for update` waits for that.
 */
async function lock(trx: Transaction<Schema>, locks: () => Locks): Promise<void> {
  const { rooms, users, actors, names } = locks();
  if (rooms) await lockRows(trx, { table: "rooms", ids: rooms, strength: sql`for no key update` });
  if (users) await lockRows(trx, { table: "users", ids: users, strength: sql`for update` });
  if (actors) await lockRows(trx, { table: "users", ids: actors, strength: sql`for key share` });
  const keys = [...new Set(names)];
  if (keys.length === 0) return;
  await sql`select pg_advisory_xact_lock(${NAME_LOCKS}, key) from (
    select distinct hashtext(name) as key from unnest(${keys}::text[]) as name order by key) as keys`.execute(
    trx,
  );
}

async function lockRows(
  trx: Transaction<Schema>,
  {
    table,
    ids,
    strength,
  }: { table: "rooms" | "users"; ids: NonNullable<Locks["users"]>; strength: RawBuilder<unknown> },
): Promise<void> {
  let among: Expression<unknown>;
  if (isExpression(ids)) among = sql`in (${ids})`;
  else {
    const known = [...new Set(ids as Iterable<string>)];
    if (known.length === 0) return;
    among = sql`= any(${known}::text[])`;
  }
  await sql`select from ${sql.table(table)} where id ${among} order by id ${strength}`.execute(trx);
}

/** JSON has no bytes: `bytea` reads them as hexadecimal digits. */
function toJson(row: object): object {
  const values = Object.entries(row).map(([column, value]) => [
    column,
    value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : value,
  ]);
  return Object.fromEntries(values);
}
