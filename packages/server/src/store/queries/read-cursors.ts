import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function updateReadCursor(
  _db: Kysely<Schema>,
  _input: Parameters<Store["updateReadCursor"]>[0],
): ReturnType<Store["updateReadCursor"]> {
  throw new Error("not built yet");
}
