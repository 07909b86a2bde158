import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function createRoom(
  _db: Kysely<Schema>,
  _input: Parameters<Store["createRoom"]>[0],
): ReturnType<Store["createRoom"]> {
  throw new Error("not built yet");
}

export function openDirectRoom(
  _db: Kysely<Schema>,
  _input: Parameters<Store["openDirectRoom"]>[0],
): ReturnType<Store["openDirectRoom"]> {
  throw new Error("not built yet");
}
