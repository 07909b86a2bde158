import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function checkAccess(
  _db: Kysely<Schema>,
  _input: Parameters<Store["checkAccess"]>[0],
): ReturnType<Store["checkAccess"]> {
  throw new Error("not built yet");
}

export function getRoom(
  _db: Kysely<Schema>,
  _input: Parameters<Store["getRoom"]>[0],
): ReturnType<Store["getRoom"]> {
  throw new Error("not built yet");
}

export function listDirectory(
  _db: Kysely<Schema>,
  _input: Parameters<Store["listDirectory"]>[0],
): ReturnType<Store["listDirectory"]> {
  throw new Error("not built yet");
}

export function listOwnRooms(
  _db: Kysely<Schema>,
  _input: Parameters<Store["listOwnRooms"]>[0],
): ReturnType<Store["listOwnRooms"]> {
  throw new Error("not built yet");
}
