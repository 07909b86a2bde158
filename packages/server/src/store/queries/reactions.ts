import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function setReaction(
  _db: Kysely<Schema>,
  _input: Parameters<Store["setReaction"]>[0],
): ReturnType<Store["setReaction"]> {
  throw new Error("not built yet");
}
