import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Actor } from "../../domain/access/callers.ts";
import type { AuditAction, AuditEntry } from "../../domain/admin/audit.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { RoomFields } from "../../domain/rooms/fields.ts";
import type { NewMessage } from "../port/messages.ts";
import { PLAIN_CONTENT } from "../port/plain-content.ts";
import type { Store } from "../port/store.ts";
import { openPostgresStore } from "../postgres/store.ts";
import { dropDatabase, makeDatabase, withoutPostgres } from "../postgres/testing.ts";
import { openSqliteStore } from "../sqlite/store.ts";

/** The stores of two processes on one database; of a database for one process alone, the same one twice. */
export interface Pair extends AsyncDisposable {
  readonly one: Store;
  readonly other: Store;
}

interface Adapter {
  readonly name: string;
  /** The reason for which its tests are skipped. */
  readonly skip: string | false;
  open(): Promise<Pair>;
}

/** Every database that stores can be in. */
export const adapters: readonly Adapter[] = [
  { name: "SQLite", skip: false, open: openSqlite },
  { name: "PostgreSQL", skip: await withoutPostgres(), open: openPostgres },
];

async function openSqlite(): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), "confab-test-"));
  const store = await openSqliteStore(folder);
  return {
    one: store,
    other: store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

async function openPostgres(): Promise<Pair> {
  const name = `confab_test_${randomUUID().replaceAll("-", "")}`;
  const address = await makeDatabase(name);
  const [{ store: one }, { store: other }] = await Promise.all([
    openPostgresStore(address),
    openPostgresStore(address),
  ]);
  return {
    one,
    other,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
      await dropDatabase(name);
    },
  };
}

export const NOW_MS = 1_000_000;

export function audit(action: AuditAction): AuditEntry {
  return { atMs: NOW_MS, action, actorId: null, serviceId: null, targetId: null, address: "", detail: "" };
}

/** Makes a person with that handle, who is their id, too. */
export async function makeUser(store: Store, handle: string): Promise<Actor> {
  const id = handle as UserId;
  const outcome = await store.createUser(newUser(id, handle));
  if (outcome !== "created") throw new Error(`no user ${handle}: ${outcome}`);
  return { id, role: "user", roleUntilMs: null, state: { kind: "active" } };
}

export function newUser(id: UserId, handle: string): Parameters<Store["createUser"]>[0] {
  return {
    ...{ request: null, id, kind: "human", role: "user", handle: { handle, key: handle }, displayName: "" },
    ...{ passwordHash: null, externalSubject: null, nowMs: NOW_MS, audit: audit("user-created") },
  };
}

const FIELDS: RoomFields = {
  ...{ title: "t", topic: "", isPublic: true, joinRule: "open", historyVisibility: "full", labels: {} },
  ...{ slowModeMs: 0, retentionMs: 0, maxMembers: 0, requiredLikes: 0 },
  memberPermissions: ["read", "post", "react"],
};

/** Makes a public room of the actor's, and returns its id. */
export async function makeRoom(
  store: Store,
  actor: Actor,
  fields: Partial<RoomFields> = {},
): Promise<RoomId> {
  const roomId = randomUUID() as RoomId;
  const requested = { actor, roomId, kind: "group", userIds: [], requestId: "", nowMs: NOW_MS } as const;
  await store.createRoom({ ...requested, fields: { ...FIELDS, ...fields }, audit: audit("room-created") });
  return roomId;
}

export async function enter(store: Store, roomId: RoomId, actor: Actor): Promise<void> {
  const entry = { actor, roomId, userIds: [actor.id], role: null, expiresAtMs: null, nowMs: NOW_MS };
  await store.addMembers({ ...entry, audit: audit("member-added") });
}

export function newMessage(roomId: RoomId, { id: userId }: Actor, text: string): NewMessage {
  const id = randomUUID();
  const content = { ...PLAIN_CONTENT, clientMessageId: id, repeatKey: id, contentHash: text };
  return { roomId, id, sender: { kind: "user", userId }, text, content, nowMs: NOW_MS };
}
