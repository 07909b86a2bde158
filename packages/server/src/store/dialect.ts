import type {
  ColumnDataType,
  ColumnDefinitionBuilder,
  Expression,
  Kysely,
  RawBuilder,
  Transaction,
} from "kysely";
import type { SearchWords } from "../domain/search/query.ts";
import type { Schema } from "./tables/schema.ts";

/** Everything that a database brings to the one query layer, beside the SQL that Kysely writes for it. */
export interface StoreDialect {
  /**
   * Locks until the end of the transaction, first the rooms, then the users, then the names, each in their order: two
   * transactions that lock at their beginning never wait for each other. What decides is read by a later statement than
   * the lock. Where only one transaction writes at a time, that is the lock, and `locks` is not called.
   */
  lock(trx: Transaction<Schema>, locks: () => Locks): Promise<void>;
  readonly search: SearchDialect;
  readonly tables: TableDialect;
  /** Returns many rows of a table as one parameter, to select from; null where each value is a parameter of its own. */
  readonly rowsOf: ((table: keyof Schema, rows: readonly object[]) => RawBuilder<unknown>) | null;
}

/** The parts of tables that each database spells in its own way. */
export interface TableDialect {
  /** Text that is compared byte by byte. */
  readonly text: ColumnDataType | RawBuilder<unknown>;
  readonly bytes: ColumnDataType;
  /** A primary key that counts up, and never gives a number again. */
  readonly numbers: {
    readonly type: ColumnDataType;
    readonly build: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  };
  /** Makes the database refuse to remove an entry of the audit trail, and to change anything but to drop its address. */
  protectAudit(db: Kysely<never>): Promise<void>;
  /** Makes the tables that only this database has. */
  createOwn(db: Kysely<never>): Promise<void>;
}

/** Ids, or a query for them. */
type Ids = Iterable<string> | Expression<Record<string, string>>;

/** Everything that an operation decides about. */
export interface Locks {
  /** Operations on one room take effect one after another. */
  readonly rooms?: Ids;
  /** Users who are changed, and by whom others decide meanwhile. */
  readonly users?: Ids;
  /** Users by whom the operation decides: they stay as they are, and other operations may rely on them, too. */
  readonly actors?: Iterable<string>;
  /** The keys of names that somebody takes or bears. */
  readonly names?: Iterable<string>;
}

/** Messages by the words in them, as `domain/search` makes words of a text. */
export interface SearchDialect {
  /** Is told of messages in their own transaction, after they were stored. */
  added(trx: Transaction<Schema>, messages: readonly AddedMessage[]): Promise<void>;
  /** Forgets the words of the messages with these keys, before their rows go. */
  forget(trx: Transaction<Schema>, keys: Expression<{ readonly key: number }>): Promise<void>;
  /** Takes the words of a message that has another text now. */
  replace(trx: Transaction<Schema>, place: { readonly roomId: string; readonly seq: number }): Promise<void>;
  /** Begins a search. Each call of the result looks further. */
  open(db: Kysely<Schema>): Promise<(further: LookFurther) => Promise<Look>>;
}

interface AddedMessage {
  readonly message: { readonly roomId: string; readonly text: string };
  readonly outcome: { readonly seq: number };
}

export interface LookFurther {
  readonly words: SearchWords;
  /** The rooms to look in; null for all. */
  readonly roomIds: readonly string[] | null;
  /** Only messages of lesser keys are looked at. */
  readonly before: number;
  readonly limit: number;
}

export interface Look {
  /** Messages that have the words, newest first. */
  readonly hits: readonly Hit[];
  /** The key down to which all messages have been looked at; 0: there are no older ones. */
  readonly reached: number;
  readonly lookedAt: number;
}

/** A message that has the words, by its place in the order of all messages. */
export interface Hit {
  readonly key: number;
  readonly room_id: string;
  readonly seq: number;
  readonly sender_id: string;
}

/** Returns what the database of a connection brings: its Kysely adapter has it. */
export function dialectOf(db: Pick<Kysely<Schema>, "getExecutor">): StoreDialect {
  const { adapter } = db.getExecutor();
  if (!("lock" in adapter && "search" in adapter)) throw new Error("this is no database of a store");
  return adapter as typeof adapter & StoreDialect;
}

/** Returns how the database spells its tables, for migrations. */
export function tablesOf(db: Kysely<never>): TableDialect {
  return dialectOf(db).tables;
}

/** Locks what an operation decides about, where it first has to find that: see `StoreDialect.lock`. */
export function lock(trx: Transaction<Schema>, locks: () => Locks): Promise<void> {
  return dialectOf(trx).lock(trx, locks);
}
