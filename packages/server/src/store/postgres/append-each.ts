import type { Kysely } from "kysely";
import { runOperation } from "../operations/locks.ts";
import type { AppendOutcome, NewMessage } from "../port/messages.ts";
import type { Schema } from "../tables/schema.ts";
import { isUntranslatable, untranslatable } from "./faults.ts";
import { runWrite } from "./runner.ts";

/** Stores messages. One that has a character which the database can't hold is refused, and does not stop the others. */
export async function appendEach(
  db: Kysely<Schema>,
  messages: readonly NewMessage[],
): Promise<readonly AppendOutcome[]> {
  try {
    const outcomes = await runWrite(db, (trx) => runOperation(trx, "appendMessages", messages));
    return outcomes as readonly AppendOutcome[];
  } catch (error) {
    if (!isUntranslatable(error)) throw error;
    if (messages.length === 1) return [{ kind: "refused", error: untranslatable().toData() }];
    const outcomes: AppendOutcome[] = [];
    for (const message of messages) outcomes.push(...(await appendEach(db, [message])));
    return outcomes;
  }
}
