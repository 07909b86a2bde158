import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function deleteMessage(
  _db: Kysely<Schema>,
  _input: Parameters<Store["deleteMessage"]>[0],
): ReturnType<Store["deleteMessage"]> {
  throw new Error("not built yet");
}

export function updateMessage(
  _db: Kysely<Schema>,
  _input: Parameters<Store["updateMessage"]>[0],
): ReturnType<Store["updateMessage"]> {
  throw new Error("not built yet");
}
