import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { createTestServer, type TestServer } from "@confab/server/testing";
import { TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { membersOf } from "../support/rooms.ts";
import { eventually } from "../support/wait.ts";

const { updateUser, deleteUser } = v1.UserService.method;
const { addMembers, removeMember } = v1.RoomService.method;
const { sendMessage, signalActivity } = v1.ChatService.method;
const { ONLINE, AWAY, OFFLINE } = v1.Activity;

const GRACE_MS = 5_000;
const START_MS = Date.UTC(2030, 0, 1);
const seed = {
  users: { ada: {}, grace: {}, kay: {}, eve: {} },
  rooms: {
    engine: { owner: "ada", members: { grace: "member" } },
    compiler: { owner: "grace", members: { ada: "member" } },
    other: { owner: "kay", members: { eve: "member" } },
    open: { owner: "kay", isPublic: true },
  },
} as const;

type Name = keyof typeof seed.users;

describe("presence", () => {
  let server: TestServer<Name, keyof typeof seed.rooms>;
  let client: TestClient;
  let readers: LiveReader[];
  beforeEach(async () => {
    server = await createTestServer({ seed, clock: START_MS });
    client = new TestClient(server.address);
    readers = [];
  });
  afterEach(async () => {
    for (const reader of readers) reader[Symbol.dispose]();
    client[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });

  const as = (name: Name) => ({ token: server.users[name].accessToken });

  async function open(name: Name): Promise<LiveReader> {
    const reader = await LiveReader.open(client, as(name));
    readers.push(reader);
    return reader;
  }

  /** Closes a stream, and waits until the server has noticed. */
  async function close(reader: LiveReader): Promise<void> {
    reader[Symbol.dispose]();
    await reader.ended;
    // The server handles the reset before it answers later calls on the same connection.
    for (let round = 0; round < 3; round++) await membersOf(client, server.rooms.engine, as("ada"));
  }

  /** The presence changes a reader has heard, in order, once everything so far has reached it. */
  async function heardBy(
    reader: LiveReader,
    name: Name,
  ): Promise<readonly (readonly [string, v1.Activity])[]> {
    await settled(reader, name);
    const names = new Map(Object.entries(server.users).map(([handle, { id }]) => [id, handle]));
    const signals = reader.replicas.signals.filter(({ change }) => change.case !== "user");
    return signals.map((event) => {
      const { change, roomId, revision, actorId } = event;
      assert.ok(change.case === "activity");
      assert.deepEqual([roomId, revision, actorId], ["", 0n, change.value.userId]);
      return [names.get(change.value.userId) ?? "", change.value.activity] as const;
    });
  }

  async function settled(reader: LiveReader, name: Name): Promise<void> {
    await server.clock.advance(0);
    const roomId = server.rooms[name === "kay" || name === "eve" ? "other" : "engine"].id;
    const { message } = await client.unary(sendMessage, { roomId, text: "mark" }, as(name));
    await reader.until(() => reader.replicas.get(roomId).messages.has(message?.seq ?? 0n));
  }

  async function sightOf(seen: Name, by: Name): Promise<readonly [boolean, number | null] | undefined> {
    const members = await membersOf(client, server.rooms.engine, as(by));
    const member = members.get(server.users[seen].id);
    return member && [member.online, member.lastSeenTime ? timestampMs(member.lastSeenTime) : null];
  }

  test("a user is online from the first stream on; each co-member hears of it once, and nobody else", async () => {
    const [ada, kay] = [await open("ada"), await open("kay")];
    const invitation = { roomId: server.rooms.compiler.id, userIds: [server.users.kay.id] };
    await client.unary(addMembers, invitation, as("grace"));
    assert.deepEqual(await sightOf("grace", "ada"), [false, null]);
    const first = await open("grace");
    assert.deepEqual(await heardBy(ada, "ada"), [["grace", ONLINE]]);
    assert.deepEqual(await sightOf("grace", "ada"), [true, null]);
    const second = await open("grace");
    await close(first);
    await server.clock.advance(GRACE_MS);
    assert.deepEqual(await heardBy(ada, "ada"), [["grace", ONLINE]]);

    await close(second);
    await server.clock.advance(GRACE_MS - 1);
    assert.deepEqual(await sightOf("grace", "ada"), [true, null]);
    await server.clock.advance(1);
    assert.deepEqual(await heardBy(ada, "ada"), [
      ["grace", ONLINE],
      ["grace", OFFLINE],
    ]);
    assert.deepEqual(await sightOf("grace", "ada"), [false, START_MS + GRACE_MS]);
    assert.deepEqual(await heardBy(kay, "kay"), []);
  });

  test("who comes back within five seconds was never away", async () => {
    const ada = await open("ada");
    await close(await open("grace"));
    await server.clock.advance(GRACE_MS - 1);
    await open("grace");
    await server.clock.advance(10 * GRACE_MS);
    assert.deepEqual(await heardBy(ada, "ada"), [["grace", ONLINE]]);
  });

  test("one says that one is away and back; the last word within a second counts", async () => {
    const ada = await open("ada");
    await open("grace");
    await heardBy(ada, "ada");
    await server.clock.advance(1_000);
    await client.unary(signalActivity, { activity: AWAY }, as("grace"));
    for (const activity of [ONLINE, AWAY, ONLINE]) {
      await client.unary(signalActivity, { activity }, as("grace"));
    }
    await server.clock.advance(1_000);
    assert.deepEqual(await heardBy(ada, "ada"), [
      ["grace", ONLINE],
      ["grace", AWAY],
      ["grace", ONLINE],
    ]);
    // Without a stream nobody is there.
    await client.unary(signalActivity, { activity: AWAY }, as("kay"));
    await server.clock.advance(1_000);
    assert.equal(ada.replicas.signals.length, 3);
  });

  test("the presence of someone who hides it is not sent, shown or stored, and they see nobody's", async () => {
    const hide = (hidePresence: boolean) =>
      client.unary(
        updateUser,
        { user: { id: "me", hidePresence }, updateMask: { paths: ["hide_presence"] } },
        as("grace"),
      );
    const ada = await open("ada");
    await close(await open("grace"));
    await server.clock.advance(GRACE_MS);
    assert.deepEqual(await sightOf("grace", "ada"), [false, START_MS]);

    const { user } = await hide(true);
    assert.equal(user?.hidePresence, true);
    assert.deepEqual(await sightOf("grace", "ada"), [false, null]);
    const grace = await open("grace");
    assert.deepEqual(await sightOf("grace", "ada"), [false, null]);
    assert.deepEqual(await sightOf("ada", "grace"), [false, null]);
    const roomId = server.rooms.engine.id;
    await client.unary(signalActivity, { roomId, activity: v1.Activity.TYPING }, as("grace"));
    await close(grace);
    await server.clock.advance(GRACE_MS);
    assert.deepEqual(await sightOf("grace", "ada"), [false, null]);
    const toldBefore = [
      ["grace", ONLINE],
      ["grace", OFFLINE],
    ];
    assert.deepEqual(await heardBy(ada, "ada"), toldBefore);

    await open("grace");
    await hide(false);
    await eventually(async () => (await heardBy(ada, "ada")).length === 3, "change of presence");
    assert.deepEqual(await sightOf("ada", "grace"), [true, null]);
    await hide(true);
    await eventually(async () => (await heardBy(ada, "ada")).length === 4, "change of presence");
    assert.deepEqual(await heardBy(ada, "ada"), [...toldBefore, ...toldBefore]);
    assert.deepEqual(await sightOf("grace", "ada"), [false, null]);
  });

  test("whoever finds a room without having joined it sees nobody's presence in it", async () => {
    await open("kay");
    const seen = (by: Name) => membersOf(client, server.rooms.open, as(by));
    assert.equal((await seen("eve")).get(server.users.kay.id)?.online, false);
    await client.unary(addMembers, { roomId: server.rooms.open.id, userIds: ["me"] }, as("eve"));
    assert.equal((await seen("eve")).get(server.users.kay.id)?.online, true);
  });

  test("those in a room learn the presence of whoever enters it, as it is then", async () => {
    const { kay } = server.users;
    const compiler = server.rooms.compiler.id;
    const enter = async (name: Name) => {
      await client.unary(addMembers, { roomId: compiler, userIds: [server.users[name].id] }, as("grace"));
      await client.unary(addMembers, { roomId: compiler, userIds: ["me"] }, as(name));
    };
    const ada = await open("ada");
    await open("kay");
    assert.deepEqual(await heardBy(ada, "ada"), []);
    await enter("kay");
    await eventually(async () => (await heardBy(ada, "ada")).length === 1, "change of presence");
    assert.deepEqual(await heardBy(ada, "ada"), [["kay", ONLINE]]);
    const members = await membersOf(client, server.rooms.compiler, as("ada"));
    assert.equal(members.get(kay.id)?.online, true);

    await enter("eve");
    await server.clock.advance(1_000);
    await client.unary(signalActivity, { activity: AWAY }, as("kay"));
    await client.unary(removeMember, { roomId: compiler, userId: kay.id }, as("grace"));
    await enter("kay");
    await eventually(async () => (await heardBy(ada, "ada")).length >= 3, "change of presence");
    assert.deepEqual(await heardBy(ada, "ada"), [
      ["kay", ONLINE],
      ["kay", AWAY],
      ["kay", AWAY],
    ]);
  });

  test("whoever was told that someone is there is told when they go, even if they share no room any more", async () => {
    const ada = await open("ada");
    const grace = await open("grace");
    for (const room of ["engine", "compiler"] as const) {
      const removal = { roomId: server.rooms[room].id, userId: server.users.ada.id };
      if (room === "compiler") await client.unary(removeMember, removal, as("grace"));
      else await client.unary(removeMember, { ...removal, userId: server.users.grace.id }, as("ada"));
    }
    assert.deepEqual(await heardBy(ada, "ada"), [["grace", ONLINE]]);
    await close(grace);
    await server.clock.advance(GRACE_MS);
    const expected = [
      ["grace", ONLINE],
      ["grace", OFFLINE],
    ];
    assert.deepEqual(await heardBy(ada, "ada"), expected);
  });

  test("someone who is erased is gone, and nothing is remembered of when", async () => {
    const ada = await open("ada");
    await open("grace");
    assert.deepEqual(await sightOf("grace", "ada"), [true, null]);
    await client.unary(deleteUser, { userId: "me" }, as("grace"));
    await eventually(async () => {
      await server.clock.advance(GRACE_MS);
      return (await heardBy(ada, "ada")).length === 2;
    }, "the end of her presence");
    assert.deepEqual((await heardBy(ada, "ada"))[1], ["grace", OFFLINE]);
    assert.equal(await sightOf("grace", "ada"), undefined);
  });
});
