import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function searchMessages(
  _db: Kysely<Schema>,
  _input: Parameters<Store["searchMessages"]>[0],
): ReturnType<Store["searchMessages"]> {
  throw new Error("not built yet");
}
