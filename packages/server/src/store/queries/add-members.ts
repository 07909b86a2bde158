import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function addMembers(
  _db: Kysely<Schema>,
  _input: Parameters<Store["addMembers"]>[0],
): ReturnType<Store["addMembers"]> {
  throw new Error("not built yet");
}
