import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { refusalOf, TestClient } from "../support/client.ts";
import { signIn } from "../support/people.ts";
import { temporaryFolder } from "../support/server-process.ts";

const { getUser } = v1.UserService.method;
const { getRoom, listMembers } = v1.RoomService.method;
const { listMessages } = v1.ChatService.method;
const { sendMessage } = simple.ChatService.method;

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2030, 0, 1);

const seed = {
  users: { ada: {}, grace: { displayName: "Grace", password: "correct horse battery" }, eve: {} },
  rooms: {
    engine: {
      owner: "ada",
      members: { grace: "moderator" },
      topic: "how it is made",
      messages: [
        { from: "ada", text: "first" },
        { from: "grace", text: "second" },
      ],
    },
  },
} as const;

const me = { key: { case: "userId", value: "me" } } as const;

test("a test server begins with the users, rooms and messages of its seed", async () => {
  await using server = await createTestServer({ seed, clock: START_MS });
  using client = new TestClient(server.address);
  const [ada, grace, eve] = [server.users.ada, server.users.grace, server.users.eve].map(asCaller);
  const roomId = server.rooms.engine.id;

  const { user } = await client.unary(getUser, me, grace);
  assert.deepEqual([user?.id, user?.handle, user?.displayName], [server.users.grace.id, "grace", "Grace"]);
  assert.equal(Number(user?.createTime?.seconds) * 1_000, START_MS);
  assert.equal((await signIn(client, "grace")).id, server.users.grace.id);

  const { room } = await client.unary(getRoom, { roomId }, ada);
  assert.deepEqual([room?.title, room?.topic, room?.memberCount], ["engine", "how it is made", 2]);
  const { members } = await client.unary(listMembers, { roomId }, ada);
  assert.deepEqual(
    new Map(members.map(({ userId, role }) => [userId, role])),
    new Map([
      [server.users.ada.id, v1.Role.OWNER],
      [server.users.grace.id, v1.Role.MODERATOR],
    ]),
  );
  const { messages } = await client.unary(listMessages, { roomId }, grace);
  assert.deepEqual(
    messages.map(({ text, senderId }) => [text, senderId]),
    [
      ["second", server.users.grace.id],
      ["first", server.users.ada.id],
    ],
  );
  assert.equal((await refusalOf(client.unary(getRoom, { roomId }, eve))).reason, "ROOM_NOT_FOUND");
});

test("its clock stands still until the test moves it, and tokens end by it", async () => {
  await using server = await createTestServer({ seed, clock: START_MS });
  using client = new TestClient(server.address);
  assert.equal(server.clock.now(), START_MS);
  await client.unary(getUser, me, asCaller(server.users.ada));
  await server.clock.advance(HOUR_MS);
  assert.equal(server.clock.now(), START_MS + HOUR_MS);
  const refusal = await refusalOf(client.unary(getUser, me, asCaller(server.users.ada)));
  assert.equal(refusal.reason, "TOKEN_EXPIRED");
  const again = await server.signIn(server.users.ada.id);
  const { user } = await client.unary(getUser, me, asCaller(again));
  assert.equal(user?.handle, "ada");
  await assert.rejects(server.clock.advance(-1), RangeError);
});

test("it leaves no folder behind, but for one that it was given", async () => {
  const before = new Set(folders());
  const dataDir = temporaryFolder();
  for (const text of ["one", "two"]) {
    await using server = await createTestServer({ dataDir });
    using client = new TestClient(server.address);
    assert.equal((await client.unary(sendMessage, { userName: "a guest", text })).text, text);
  }
  assert.ok(existsSync(dataDir));
  rmSync(dataDir, { recursive: true });
  await (await createTestServer())[Symbol.asyncDispose]();
  assert.deepEqual(
    folders().filter((name) => !before.has(name)),
    [],
  );
});

test("a seed that breaks a rule, and a fault of no method, start no server", async () => {
  const before = new Set(folders());
  const nobodys = {
    users: { ada: {} },
    rooms: { engine: { owner: "ada", members: { ada: "member" } } },
  } as const;
  await assert.rejects(createTestServer({ seed: nobodys }), /ALREADY_MEMBER|already|member/i);
  await assert.rejects(createTestServer({ seed: { users: { "not a handle": {} } } }), /not a handle/);
  const faults = { dropAnswer: { method: "SendMassage", at: 1 } };
  await assert.rejects(createTestServer({ faults }), /"SendMassage": there is no such unary method/);
  assert.deepEqual(
    folders().filter((name) => !before.has(name)),
    [],
  );
});

function asCaller({ accessToken }: { accessToken: string }): { token: string } {
  return { token: accessToken };
}

/** This test's own: those of other processes that run now are not looked at. */
function folders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`confab-test-${process.pid}-`));
}
