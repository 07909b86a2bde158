import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { type CallOptions, refusalOf } from "../support/client.ts";
import { type Operation, startInterruptedServer } from "../support/meanwhile.ts";
import { PASSWORD, register } from "../support/people.ts";
import { makeRoom } from "../support/rooms.ts";

const { getUser, updateUser, updateUserAccess, deleteUser, updateRelationship } = v1.UserService.method;
const { listSessions, deleteSession } = v1.AuthService.method;
const { createServiceKey, listServiceKeys, deleteServiceKey, resetPassword, listAuditEntries } =
  v1.AdminService.method;
const { createRoom, openDirectRoom, updateRoom, deleteRoom } = v1.RoomService.method;
const { addMembers, updateMember, removeMember } = v1.RoomService.method;
const { sendMessage, updateMessage, deleteMessage, setReaction, removeReactions, updateReadCursor } =
  v1.ChatService.method;

const { ADMIN, USER } = v1.SystemRole;
const { SUSPENDED } = v1.UserState;

/** The store's operation that a call waits for, and the call. */
type Attempt<Target> = readonly [Operation, (target: Target, as: CallOptions) => Promise<unknown>];

describe("an administrator who is demoted while a call waits does nothing more", async () => {
  const attempts: readonly Attempt<string>[] = [
    ["updateUser", (id, as) => client.unary(updateUser, { user: { id, about: "x" }, ...mask("about") }, as)],
    ["updateAccess", (userId, as) => client.unary(updateUserAccess, { userId, role: ADMIN }, as)],
    ["updateAccess", (userId, as) => client.unary(updateUserAccess, { userId, state: SUSPENDED }, as)],
    ["eraseUser", (userId, as) => client.unary(deleteUser, { userId }, as)],
    ["setPassword", (userId, as) => client.unary(resetPassword, { userId, newPassword: PASSWORD }, as)],
    ["listSessions", (userId, as) => client.unary(listSessions, { userId }, as)],
    ["endSessions", (userId, as) => client.unary(deleteSession, { userId, all: true }, as)],
    ["listServiceKeys", (_userId, as) => client.unary(listServiceKeys, {}, as)],
    ["listAudit", (userId, as) => client.unary(listAuditEntries, { userId }, as)],
    ["createServiceKey", (_userId, as) => client.unary(createServiceKey, { name: "late" }, as)],
    ["deleteServiceKey", (_userId, as) => client.unary(deleteServiceKey, { name: "kept" }, as)],
  ];
  const server = await startInterruptedServer(attempts.map(([operation]) => operation));
  after(() => server[Symbol.asyncDispose]());
  const { client, operator } = server;
  await operator.unary(createServiceKey, { name: "kept" });
  const [root, other] = [await register(client, "rooted"), await register(client, "other")];
  const setRole = (role: v1.SystemRole) => operator.unary(updateUserAccess, { userId: root.id, role });

  for (const [index, [operation, attempt]] of attempts.entries()) {
    test(`${operation} (${index})`, async () => {
      await setRole(ADMIN);
      server.meanwhile(() => setRole(USER));
      assert.equal((await refusalOf(attempt(other.id, root))).reason, "NOT_PERMITTED");
      server.assertInterrupted();
    });
  }

  test("and nothing of it has happened", async () => {
    const { user } = await client.unary(getUser, { key: { case: "userId", value: "me" } }, other);
    assert.deepEqual([user?.about, user?.role], ["", USER]);
    const { serviceKeys } = await operator.unary(listServiceKeys, {});
    assert.deepEqual(
      serviceKeys.map(({ name }) => name),
      ["kept"],
    );
  });
});

describe("a user who is suspended while a call waits does nothing more", async () => {
  const attempts: readonly Attempt<{ readonly roomId: string; readonly userId: string }>[] = [
    ["createRoom", (_, as) => client.unary(createRoom, { room: { title: "late" } }, as)],
    ["openDirectRoom", ({ userId }, as) => client.unary(openDirectRoom, { userIds: [userId] }, as)],
    [
      "updateRoom",
      ({ roomId: id }, as) => client.unary(updateRoom, { room: { id, title: "late" }, ...mask("title") }, as),
    ],
    ["deleteRoom", ({ roomId }, as) => client.unary(deleteRoom, { roomId }, as)],
    ["addMembers", ({ roomId, userId }, as) => client.unary(addMembers, { roomId, userIds: [userId] }, as)],
    [
      "updateMember",
      (key, as) =>
        client.unary(updateMember, { member: { ...key, role: v1.Role.MEMBER }, ...mask("role") }, as),
    ],
    ["removeMember", (key, as) => client.unary(removeMember, key, as)],
    ["appendMessages", ({ roomId }, as) => client.unary(sendMessage, { roomId, text: "late" }, as)],
    [
      "updateMessage",
      ({ roomId }, as) =>
        client.unary(updateMessage, { message: { roomId, seq: 1n, text: "late" }, ...mask("text") }, as),
    ],
    ["deleteMessage", ({ roomId }, as) => client.unary(deleteMessage, { roomId, seq: 1n }, as)],
    ["setReaction", ({ roomId }, as) => client.unary(setReaction, { roomId, seq: 1n, emoji: "👍" }, as)],
    [
      "removeReactions",
      ({ roomId }, as) => client.unary(removeReactions, { roomId, seq: 1n, emoji: "👍" }, as),
    ],
    ["updateReadCursor", ({ roomId }, as) => client.unary(updateReadCursor, { roomId, readSeq: 1n }, as)],
    [
      "setRelationship",
      ({ userId }, as) => client.unary(updateRelationship, { relationship: { userId, blocked: true } }, as),
    ],
  ];
  const server = await startInterruptedServer(attempts.map(([operation]) => operation));
  after(() => server[Symbol.asyncDispose]());
  const { client, operator } = server;
  const other = await register(client, "other");

  for (const [operation, attempt] of attempts) {
    test(operation, async () => {
      const person = await register(client, operation.toLowerCase());
      const { id: roomId } = await makeRoom(client, person);
      await client.unary(sendMessage, { roomId, text: "one" }, person);
      server.meanwhile(() => operator.unary(updateUserAccess, { userId: person.id, state: SUSPENDED }));
      const refusal = await refusalOf(attempt({ roomId, userId: other.id }, person));
      assert.equal(refusal.reason, "SUSPENDED");
      server.assertInterrupted();
    });
  }
});

function mask(path: string) {
  return { updateMask: { paths: [path] } };
}
