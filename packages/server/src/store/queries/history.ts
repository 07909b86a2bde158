import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function getMessage(
  _db: Kysely<Schema>,
  _input: Parameters<Store["getMessage"]>[0],
): ReturnType<Store["getMessage"]> {
  throw new Error("not built yet");
}

export function listMessages(
  _db: Kysely<Schema>,
  _input: Parameters<Store["listMessages"]>[0],
): ReturnType<Store["listMessages"]> {
  throw new Error("not built yet");
}
