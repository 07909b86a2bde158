import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { type Dialect, SqliteAdapter, SqliteDialect } from "kysely";
import type { StoreDialect } from "../dialect.ts";
import { sqliteSearch } from "./search/search.ts";
import { SharedTransaction } from "./shared-transaction.ts";
import { sqliteTables } from "./tables.ts";

/** Prepared statements kept; past this the oldest goes (lists of different length make different statements). */
const MAX_STATEMENTS = 256;

const store: StoreDialect = {
  // One transaction writes at a time.
  async lock() {},
  search: sqliteSearch,
  tables: sqliteTables,
  rowsOf: null,
};

/**
 * Kysely's own SQLite dialect over `node:sqlite`, with each statement prepared once. Its transactions are part of the
 * shared one while there is one.
 */
export function nodeSqliteDialect(db: DatabaseSync, shared = new SharedTransaction(db)): Dialect {
  const statements = new Map<string, ReturnType<typeof adapt>>();
  const dialect = new SqliteDialect({
    database: {
      close: () => db.close(),
      prepare(asked) {
        const sql = shared.translate(asked);
        if (asked === "rollback" && !db.isTransaction) return nothingToDo;
        const known = statements.get(sql);
        if (known) return known;
        const statement = adapt(db.prepare(sql));
        statements.set(sql, statement);
        if (statements.size > MAX_STATEMENTS) {
          const [oldest] = statements.keys();
          if (oldest !== undefined) statements.delete(oldest);
        }
        return statement;
      },
    },
  });
  const adapter = Object.assign(new SqliteAdapter(), store);
  return {
    createDriver: () => dialect.createDriver(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (kysely) => dialect.createIntrospector(kysely),
    createAdapter: () => adapter,
  };
}

/**
 * SQLite undoes a transaction by itself when the disk is full or fails. Kysely then asks for a rollback, whose
 * own failure would take the place of the cause, and a broken disk would pass for a bug.
 */
const nothingToDo: ReturnType<typeof adapt> = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
};

function adapt(statement: StatementSync) {
  return {
    reader: statement.columns().length > 0,
    all: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters: readonly unknown[]) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as SQLInputValue[])),
  };
}
