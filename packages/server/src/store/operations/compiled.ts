import type {
  Compilable,
  CompiledQuery,
  DialectAdapter,
  Insertable,
  InsertQueryBuilder,
  InsertResult,
  Kysely,
  RawBuilder,
} from "kysely";
import { dialectOf } from "../dialect.ts";
import type { Schema } from "../tables/schema.ts";

/** The most rows of one insert, and values of one list. A power of two, as all sizes of statements are. */
const MAX_SIZE = 256;

type Database = Kysely<Schema>;
type Build<Input, Row> = (db: Database, input: Input) => Compilable<Row>;

/**
 * A query that is built and compiled once for each number of values, and from then on only bound to them:
 * building one of hundreds of values costs more than running it. The values must be its first parameters.
 *
 * @throws Error when the query is first built with its values in another order
 */
export function compiledOnce<Input, Row>(
  build: Build<Input, Row>,
): (db: Database, input: Input, values: readonly unknown[]) => Promise<readonly Row[]> {
  const known = new WeakMap<DialectAdapter, Map<number, CompiledQuery<Row>>>();

  function compile(db: Database, input: Input, values: readonly unknown[]): CompiledQuery<Row> {
    const query = build(db, input).compile();
    if (values.some((value, index) => value !== query.parameters[index])) {
      throw new Error(`the parameters of "${query.sql}" don't begin with its values`);
    }
    return query;
  }

  return async (db, input, values) => {
    const { adapter } = db.getExecutor();
    const bySize = known.get(adapter) ?? new Map<number, CompiledQuery<Row>>();
    known.set(adapter, bySize);
    const query = bySize.get(values.length) ?? compile(db, input, values);
    bySize.set(values.length, query);
    const parameters = [...values, ...query.parameters.slice(values.length)];
    const { rows } = await db.executeQuery<Row>({ ...query, parameters });
    return rows;
  };
}

type Insert<Table extends keyof Schema> = InsertQueryBuilder<Schema, Table, InsertResult>;

/**
 * Inserts any number of rows with few statements: one, where the database takes rows as one parameter, else each takes a
 * power of two of them. All rows must have the same columns in the same order.
 *
 * @param finish adds to the statement what becomes of rows that are there already
 */
export function insertAll<Table extends keyof Schema>(
  table: Table,
  finish: (insert: Insert<Table>) => Insert<Table> = (insert) => insert,
): (db: Database, rows: readonly Insertable<Schema[Table]>[]) => Promise<void> {
  const insert = compiledOnce((db, rows: readonly Insertable<Schema[Table]>[]) =>
    finish(db.insertInto(table).values(rows)),
  );
  return async (db, rows) => {
    const [first] = rows;
    if (first === undefined) return;
    const { rowsOf } = dialectOf(db);
    if (rowsOf) {
      const columns = Object.keys(first) as (keyof Schema[Table] & string)[];
      const source = rowsOf(table, rows) as RawBuilder<never>;
      await finish(db.insertInto(table).columns(columns).expression(source) as Insert<Table>).execute();
      return;
    }
    for (let start = 0; start < rows.length; ) {
      const piece = rows.slice(start, start + largestPowerOfTwo(rows.length - start));
      await insert(
        db,
        piece,
        piece.flatMap((row) => Object.values(row)),
      );
      start += piece.length;
    }
  };
}

export type Pair = readonly [string, string];

/** Selects by a list of values. */
export function selectAll<Row>(
  build: Build<readonly string[], Row>,
): (db: Database, values: ReadonlySet<string>) => Promise<readonly Row[]> {
  const select = inPieces(compiledOnce(build), (values) => values);
  return (db, values) => select(db, [...values]);
}

/** Selects by a list of pairs. */
export function selectPairs<Row>(
  build: Build<readonly Pair[], Row>,
): (db: Database, pairs: readonly Pair[]) => Promise<readonly Row[]> {
  return inPieces(compiledOnce(build), (pairs) => pairs.flat());
}

/** Asks for a list in pieces, repeating the last of a piece until their number is a power of two. */
function inPieces<Item, Row>(
  select: (db: Database, items: readonly Item[], values: readonly string[]) => Promise<readonly Row[]>,
  toValues: (items: readonly Item[]) => readonly string[],
): (db: Database, items: readonly Item[]) => Promise<readonly Row[]> {
  return async (db, items) => {
    const found: Row[] = [];
    for (let start = 0; start < items.length; start += MAX_SIZE) {
      const piece = items.slice(start, start + MAX_SIZE);
      const last = piece.slice(-1);
      while (piece.length > largestPowerOfTwo(piece.length)) piece.push(...last);
      found.push(...(await select(db, piece, toValues(piece))));
    }
    return found;
  };
}

function largestPowerOfTwo(atMost: number): number {
  return Math.min(2 ** (31 - Math.clz32(atMost)), MAX_SIZE);
}
