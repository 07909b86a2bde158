import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";

export function listMembers(
  _db: Kysely<Schema>,
  _input: Parameters<Store["listMembers"]>[0],
): ReturnType<Store["listMembers"]> {
  throw new Error("not built yet");
}

export function removeMember(
  _db: Kysely<Schema>,
  _input: Parameters<Store["removeMember"]>[0],
): ReturnType<Store["removeMember"]> {
  throw new Error("not built yet");
}

export function updateMember(
  _db: Kysely<Schema>,
  _input: Parameters<Store["updateMember"]>[0],
): ReturnType<Store["updateMember"]> {
  throw new Error("not built yet");
}
