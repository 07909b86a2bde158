import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function deleteRoom(
  _db: Kysely<Schema>,
  _input: Parameters<Store["deleteRoom"]>[0],
): ReturnType<Store["deleteRoom"]> {
  throw new Error("not built yet");
}

export function updateRoom(
  _db: Kysely<Schema>,
  _input: Parameters<Store["updateRoom"]>[0],
): ReturnType<Store["updateRoom"]> {
  throw new Error("not built yet");
}
