import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function applyRetention(
  _db: Kysely<Schema>,
  _input: Parameters<Store["applyRetention"]>[0],
): ReturnType<Store["applyRetention"]> {
  throw new Error("not built yet");
}

export function endMemberships(
  _db: Kysely<Schema>,
  _input: Parameters<Store["endMemberships"]>[0],
): ReturnType<Store["endMemberships"]> {
  throw new Error("not built yet");
}

export function expireMessages(
  _db: Kysely<Schema>,
  _input: Parameters<Store["expireMessages"]>[0],
): ReturnType<Store["expireMessages"]> {
  throw new Error("not built yet");
}
