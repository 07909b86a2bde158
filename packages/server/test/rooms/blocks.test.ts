import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { type CallOptions, refusalOf } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { operatorClient } from "../support/people.ts";
import { join, makeRoom, membersOf } from "../support/rooms.ts";
import { temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { updateRelationship } = v1.UserService.method;
const { createRoom, addMembers, updateMember, removeMember, openDirectRoom } = v1.RoomService.method;
const { sendMessage, updateMessage, deleteMessage, setReaction } = v1.ChatService.method;
const { updateReadCursor, signalActivity } = v1.ChatService.method;
const { ONLINE, TYPING } = v1.Activity;

const seed = {
  users: { ada: {}, eve: {}, kay: {}, root: { role: "admin" } },
  rooms: { engine: { owner: "kay", members: { ada: "member", eve: "member" } } },
} as const;
type Name = keyof typeof seed.users;

describe("a block is a wall", async () => {
  const dataDir = temporaryFolder();
  const { server, client } = await forSuite(createTestServer({ seed, dataDir }));
  const operator = operatorClient({ dataDir });
  const readers: LiveReader[] = [];
  after(() => {
    for (const reader of readers) reader[Symbol.dispose]();
    operator[Symbol.dispose]();
  });
  const idOf = (name: Name) => server.users[name].id;
  const as = (name: Name): CallOptions => ({ token: server.users[name].accessToken });
  const engine = server.rooms.engine.id;

  async function setBlock(blocker: Name, blocked: Name, isBlocked: boolean): Promise<void> {
    const relationship = { userId: idOf(blocked), blocked: isBlocked };
    await client.unary(updateRelationship, { relationship }, as(blocker));
  }

  /** The signals that came to a reader since the last time, as who and what, once all so far have. */
  async function heardBy(reader: LiveReader, own: Name): Promise<readonly string[]> {
    await server.clock.advance(2_000);
    const { message } = await client.unary(sendMessage, { roomId: engine, text: "mark" }, as("kay"));
    await reader.until(() => reader.replicas.get(engine).messages.has(message?.seq ?? 0n));
    const names = new Map(Object.entries(server.users).map(([name, { id }]) => [id, name]));
    const heard = reader.replicas.signals.splice(0).map(({ change }) => {
      if (change.case === "readCursor") return `${names.get(change.value.userId)} reads`;
      assert.ok(change.case === "activity");
      return `${names.get(change.value.userId)} ${v1.Activity[change.value.activity]}`;
    });
    return heard.filter((line) => !line.startsWith(own));
  }

  async function open(name: Name): Promise<LiveReader> {
    const reader = await LiveReader.open(client, as(name));
    readers.push(reader);
    return reader;
  }

  test("by no call does the blocked invite the blocker; the other way round, and for services, it is open", async () => {
    const [hers, his] = [await makeRoom(client, as("eve")), await makeRoom(client, as("ada"))];
    const admins = await makeRoom(client, as("root"));
    await setBlock("ada", "eve", true);
    await setBlock("ada", "root", true);
    for (const [attempt, reason, field] of [
      [
        () => client.unary(addMembers, { roomId: hers.id, userIds: [idOf("ada")] }, as("eve")),
        "NOT_PERMITTED",
        "user_ids",
      ],
      [
        () => client.unary(addMembers, { roomId: admins.id, userIds: [idOf("ada")] }, as("root")),
        "NOT_PERMITTED",
        "user_ids",
      ],
      [
        () =>
          client.unary(createRoom, { room: { title: "x" }, userIds: [idOf("kay"), idOf("ada")] }, as("eve")),
        "NOT_PERMITTED",
        "user_ids",
      ],
      [
        () => client.unary(openDirectRoom, { userIds: [idOf("ada")] }, as("eve")),
        "DM_NOT_ALLOWED",
        undefined,
      ],
      [
        () => client.unary(openDirectRoom, { userIds: [idOf("kay"), idOf("ada")] }, as("eve")),
        "DM_NOT_ALLOWED",
        undefined,
      ],
    ] as const) {
      const refusal = await refusalOf(attempt());
      assert.deepEqual([refusal.reason, refusal.field || undefined], [reason, field]);
    }
    await client.unary(addMembers, { roomId: his.id, userIds: [idOf("eve")] }, as("ada"));
    const { key } = await operator.unary(v1.AdminService.method.createServiceKey, { name: "host" });
    const added = await client.unary(addMembers, { roomId: hers.id, userIds: [idOf("ada")] }, { token: key });
    assert.equal(added.members[0]?.state, v1.MemberState.JOINED);
    await setBlock("ada", "eve", false);
  });

  test("the blocked lets in nobody who has blocked them, others do; the other way round it is open", async () => {
    const policy = { joinRule: v1.JoinRule.KNOCK };
    const hers = await makeRoom(client, as("eve"), { public: true, policy });
    await client.unary(
      addMembers,
      { roomId: hers.id, userIds: [idOf("kay")], role: v1.Role.OWNER },
      as("eve"),
    );
    await join(client, hers, as("kay"));
    await join(client, hers, as("ada"));
    await setBlock("ada", "eve", true);
    const letIn = (roomId: string, name: Name, by: Name) =>
      client.unary(
        updateMember,
        {
          member: { roomId, userId: idOf(name), state: v1.MemberState.JOINED },
          updateMask: { paths: ["state"] },
        },
        as(by),
      );
    const refusal = await refusalOf(letIn(hers.id, "ada", "eve"));
    assert.deepEqual([refusal.code, refusal.reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
    const { member } = await letIn(hers.id, "ada", "kay");
    assert.equal(member?.state, v1.MemberState.JOINED);

    const his = await makeRoom(client, as("ada"), { public: true, policy });
    await join(client, his, as("eve"));
    assert.equal((await letIn(his.id, "eve", "ada")).member?.state, v1.MemberState.JOINED);
    await setBlock("ada", "eve", false);
  });

  test("an invitation from before the block stays: the blocker alone decides about it", async () => {
    const hers = await makeRoom(client, as("eve"));
    await client.unary(addMembers, { roomId: hers.id, userIds: [idOf("ada")] }, as("eve"));
    await setBlock("ada", "eve", true);
    await client.unary(removeMember, { roomId: hers.id, userId: idOf("ada") }, as("ada"));
    const again = client.unary(addMembers, { roomId: hers.id, userIds: [idOf("ada")] }, as("eve"));
    assert.equal((await refusalOf(again)).reason, "NOT_PERMITTED");
    await setBlock("ada", "eve", false);
  });

  test("nothing that the blocked does in a direct room comes to the blocker but what they take back", async () => {
    const { room } = await client.unary(openDirectRoom, { userIds: [idOf("ada")] }, as("eve"));
    const roomId = room?.id ?? "";
    const place = { roomId, seq: 1n };
    for (const text of ["one", "two"]) await client.unary(sendMessage, { roomId, text }, as("eve"));
    await client.unary(setReaction, { ...place, emoji: "👍" }, as("eve"));
    await setBlock("ada", "eve", true);
    const ada = await open("ada");
    const before = ada.replicas.get(roomId).revision;
    const edit = (paths: readonly string[], message: { text?: string; pinned?: boolean }) =>
      client.unary(
        updateMessage,
        { message: { ...place, ...message }, updateMask: { paths: [...paths] } },
        as("eve"),
      );
    for (const attempt of [
      () => client.unary(sendMessage, { roomId, text: "three" }, as("eve")),
      () => edit(["pinned"], { pinned: true }),
      () => edit(["text"], { text: "other" }),
      () => client.unary(setReaction, { ...place, emoji: "👎" }, as("eve")),
      () => client.unary(setReaction, { ...place, emoji: "👍", removed: true }, as("eve")),
      () => client.unary(signalActivity, { roomId, activity: TYPING }, as("eve")),
    ]) {
      assert.equal((await refusalOf(attempt())).reason, "DM_NOT_ALLOWED");
    }
    await client.unary(updateReadCursor, { roomId, readSeq: 2n }, as("eve"));
    assert.deepEqual(await heardBy(ada, "ada"), []);
    assert.equal(ada.replicas.get(roomId).revision, before);
    await client.unary(deleteMessage, { ...place, seq: 2n }, as("eve"));
    await setBlock("ada", "eve", false);
    await edit(["pinned"], { pinned: true });
  });

  test("the blocked reacts to no message of the blocker's in any room, and takes back what they have reacted with", async () => {
    const say = async (name: Name) => {
      const { message } = await client.unary(sendMessage, { roomId: engine, text: "hello" }, as(name));
      assert.ok(message);
      return { roomId: engine, seq: message.seq };
    };
    const [hers, his, kays] = [await say("ada"), await say("eve"), await say("kay")];
    await client.unary(setReaction, { ...hers, emoji: "👍" }, as("eve"));
    await setBlock("ada", "eve", true);
    const refusal = await refusalOf(client.unary(setReaction, { ...hers, emoji: "👎" }, as("eve")));
    assert.deepEqual([refusal.code, refusal.reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
    for (const place of [his, kays]) await client.unary(setReaction, { ...place, emoji: "🎉" }, as("eve"));
    await client.unary(setReaction, { ...his, emoji: "🎉" }, as("ada"));
    const { reactions } = await client.unary(setReaction, { ...hers, emoji: "👍", removed: true }, as("eve"));
    assert.deepEqual(reactions, []);
    await setBlock("ada", "eve", false);
    await client.unary(setReaction, { ...hers, emoji: "👎" }, as("eve"));
  });

  test("neither sees if the other is there, types or reads", async () => {
    const [ada, eve] = [await open("ada"), await open("eve")];
    for (const [reader, name] of [
      [ada, "ada"],
      [eve, "eve"],
    ] as const) {
      await heardBy(reader, name);
    }
    await setBlock("ada", "eve", true);
    assert.deepEqual(await heardBy(eve, "eve"), ["ada OFFLINE"], "they were online until now");
    assert.deepEqual(await heardBy(ada, "ada"), ["eve OFFLINE"]);
    const say = async (name: Name, activity: v1.Activity) =>
      client.unary(signalActivity, { ...(activity === TYPING && { roomId: engine }), activity }, as(name));
    for (const activity of [v1.Activity.AWAY, TYPING, ONLINE]) await say("ada", activity);
    await client.unary(updateReadCursor, { roomId: engine, readSeq: 1n }, as("ada"));
    assert.deepEqual(await heardBy(eve, "eve"), []);
    const sight = (name: Name, by: Name) =>
      membersOf(client, { id: engine }, as(by)).then((members) => members.get(idOf(name))?.online);
    assert.deepEqual([await sight("ada", "eve"), await sight("ada", "kay")], [false, true]);

    for (const activity of [v1.Activity.AWAY, TYPING, ONLINE]) await say("eve", activity);
    await client.unary(updateReadCursor, { roomId: engine, readSeq: 1n }, as("eve"));
    assert.deepEqual(await heardBy(ada, "ada"), []);
    assert.deepEqual([await sight("eve", "ada"), await sight("eve", "kay")], [false, true]);

    await setBlock("ada", "eve", false);
    assert.deepEqual(await heardBy(eve, "eve"), ["ada ONLINE"]);
    assert.deepEqual(await heardBy(ada, "ada"), ["eve ONLINE"]);
    assert.deepEqual([await sight("ada", "eve"), await sight("eve", "ada")], [true, true]);
    await say("ada", TYPING);
    assert.deepEqual(await heardBy(eve, "eve"), ["ada TYPING"]);
  });
});
