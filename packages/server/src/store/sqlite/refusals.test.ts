import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { NewRoom } from "../port/rooms.ts";
import { openSqliteStore } from "./store.ts";

test("an operation that is refused after it has begun to write rejects, and leaves nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "confab-test-"));
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rmSync(folder, { recursive: true }));
  const store = cleanUp.use(await openSqliteStore(folder));
  const ada = "ada" as UserId;
  const audit = { atMs: 0, actorId: ada, serviceId: null, targetId: null, address: "", detail: "" };
  await store.createUser({
    request: null,
    id: ada,
    kind: "human",
    role: "user",
    handle: { handle: "ada", key: "ada" },
    displayName: "",
    passwordHash: null,
    externalSubject: null,
    nowMs: 0,
    audit: { ...audit, action: "user-created" },
  });
  const root = { id: "root" as UserId, role: "admin", roleUntilMs: null, state: { kind: "active" } } as const;
  const listing = { actor: root, nowMs: 0, beforeSeq: 0, limit: 10, userId: null };
  const before = await store.listAudit(listing);
  const actor = { id: ada, role: "user", roleUntilMs: null, state: { kind: "active" } } as const;
  const creation: Omit<NewRoom, "userIds"> = {
    ...{ actor, roomId: "room" as RoomId, kind: "group", requestId: "1", nowMs: 0 },
    fields: {
      ...{ title: "t", topic: "", isPublic: true, joinRule: null, historyVisibility: "full", labels: {} },
      ...{ slowModeMs: 0, retentionMs: 0, maxMembers: 0, memberPermissions: [], requiredLikes: 0 },
    },
    audit: { ...audit, action: "room-created" },
  };
  // The first has a transaction of its own; the others wait for its end, and then share one.
  const attempts = [1, 2].map(() => store.createRoom({ ...creation, userIds: ["nobody" as UserId] }));
  const rooms = store.listOwnRooms({ actor, afterId: "", limit: 10, nowMs: 0 });
  const outcomes = await Promise.allSettled(attempts);
  const refusal = new ChatError("USER_NOT_FOUND", 'there is no user "nobody"', { field: "user_ids" });
  for (const outcome of outcomes) {
    assert.ok(outcome.status === "rejected");
    assert.deepEqual(outcome.reason, refusal);
  }
  assert.deepEqual(await rooms, []);
  assert.deepEqual(await store.listAudit(listing), before);
});
