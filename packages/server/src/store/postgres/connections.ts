import type { PostgresPool, PostgresPoolClient } from "kysely";
import pg from "pg";
import { CommitLost, ConnectionLost, ofConnection } from "./faults.ts";

/** The types whose values are numbers in the tables: `bigint`, and `numeric`, which sums of it have. */
const NUMBERS: ReadonlySet<number> = new Set([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);
const CONNECT_TIMEOUT_MS = 3_000;
/** Past this an answer is not waited for: the server may be frozen, or a network between has lost the connection. */
const ANSWER_TIMEOUT_MS = 8_000;

/**
 * Holds for one transaction, so that a pooler may give each to another connection. The server ends what takes longer, and
 * a node that stands still can't keep others from a room for longer than this.
 */
const LIMITS =
  "set local statement_timeout = 5000; set local lock_timeout = 2000; set local idle_in_transaction_session_timeout = 10000";
const PATIENT = "set local statement_timeout = 0; set local lock_timeout = 0";
/** Names the transaction to whoever has to find out what became of it. */
const NAME = "select pg_current_xact_id()::text as name";

interface ConnectionsOptions {
  readonly max: number;
  /** Nothing has to be done within a time: only for what is done before anyone is served. */
  readonly isPatient?: boolean;
}

/** Opens connections to a database as they are needed, at most `max`, as Kysely takes them. */
export function openConnections(
  connectionString: string,
  { max, isPatient = false }: ConnectionsOptions,
): PostgresPool {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: "confab",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(!isPatient && { query_timeout: ANSWER_TIMEOUT_MS }),
    keepAlive: true,
    types: {
      getTypeParser: (type: number, format?: "text" | "binary") =>
        NUMBERS.has(type) ? Number : pg.types.getTypeParser(type, format as "text"),
    },
  });
  // Without listeners a lost connection would end the process. Whoever uses the connection is told by its query.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      try {
        return new Connection(await pool.connect(), isPatient ? PATIENT : LIMITS);
      } catch (error) {
        throw new ConnectionLost(error);
      }
    },
  };
}

/** A connection of the pool, from one use to its return. One whose state is unknown is closed, and not used again. */
class Connection implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  #isLost = false;
  readonly #limits: string;
  #transaction = "";

  constructor(client: pg.PoolClient, limits: string) {
    this.#client = client;
    this.#limits = limits;
  }

  // There are no cursors.
  readonly query = ((statement: string, parameters: readonly unknown[]) =>
    this.#query(statement, parameters)) as PostgresPoolClient["query"];

  async #query(statement: string, parameters: readonly unknown[]): Promise<unknown> {
    // Nothing is left to undo, and whoever asks is to learn what came before.
    if (this.#isLost && statement === "rollback") return { command: "ROLLBACK", rows: [] };
    try {
      if (statement === "begin") return await this.#begin(`begin; ${this.#limits}; ${NAME}`);
      if (statement.startsWith("start transaction"))
        return await this.#begin(`${statement}; ${this.#limits}`);
      return await this.#client.query(statement, [...parameters]);
    } catch (error) {
      const failure = ofConnection(error);
      this.#isLost = failure instanceof ConnectionLost;
      throw this.#isLost && statement === "commit" ? new CommitLost(this.#transaction, error) : failure;
    }
  }

  release(destroy = false): void {
    this.#client.release(this.#isLost || destroy);
  }

  /** Begins and sets the limits with one message to the server. */
  async #begin(statements: string): Promise<pg.QueryResult> {
    const results: unknown = await this.#client.query(statements);
    const last = (results as pg.QueryResult<{ name?: string }>[]).at(-1);
    if (!last) throw new Error("the database did not answer each statement");
    this.#transaction = last.rows[0]?.name ?? "";
    return last;
  }
}
