import type { Kysely, Transaction } from "kysely";
import type { Refused } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";

class Undone extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.message);
    this.refused = refused;
  }
}

/** Runs an operation that may be refused after it has begun to write: then nothing of it stays. */
export async function undoable<Result extends { readonly kind: "done" }>(
  db: Kysely<Schema>,
  work: (trx: Transaction<Schema>) => Promise<Result | Refused>,
): Promise<Result | Refused> {
  try {
    return await db.transaction().execute(async (trx) => {
      const outcome = await work(trx);
      if (outcome.kind === "refused") throw new Undone(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Undone) return error.refused;
    throw error;
  }
}

export function refused(reason: Refused["reason"], message: string, field?: string): Refused {
  return { kind: "refused", reason, message, ...(field !== undefined && { field }) };
}
