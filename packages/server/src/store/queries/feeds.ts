import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function listFeedRooms(
  _db: Kysely<Schema>,
  _input: Parameters<Store["listFeedRooms"]>[0],
): ReturnType<Store["listFeedRooms"]> {
  throw new Error("not built yet");
}

export function readChanges(
  _db: Kysely<Schema>,
  _input: Parameters<Store["readChanges"]>[0],
): ReturnType<Store["readChanges"]> {
  throw new Error("not built yet");
}

export function readSnapshots(
  _db: Kysely<Schema>,
  _input: Parameters<Store["readSnapshots"]>[0],
): ReturnType<Store["readSnapshots"]> {
  throw new Error("not built yet");
}
