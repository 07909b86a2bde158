import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { forSuite } from "../support/suite.ts";

const { sendMessage, signalActivity } = v1.ChatService.method;
const { TYPING } = v1.Activity;

const seed = {
  users: { ada: {}, grace: {}, kay: {}, eve: {} },
  rooms: {
    engine: { owner: "ada", members: { grace: "member", kay: "member" } },
    other: { owner: "ada", members: { grace: "member" } },
    news: { owner: "ada", members: { grace: "member" }, kind: "broadcast" },
  },
} as const;

type Name = keyof typeof seed.users;

describe("typing", async () => {
  const { server, client } = await forSuite(createTestServer({ seed }));

  const as = (name: Name) => ({ token: server.users[name].accessToken });
  const type = (name: Name, roomId: string, activity: v1.Activity = TYPING) =>
    client.unary(signalActivity, { roomId, activity }, as(name));

  async function typingHeardBy(reader: LiveReader): Promise<readonly v1.Event[]> {
    const roomId = server.rooms.engine.id;
    const { message } = await client.unary(sendMessage, { roomId, text: "mark" }, as("ada"));
    await reader.until(() => reader.replicas.get(roomId).messages.has(message?.seq ?? 0n));
    return reader.replicas.signals.filter(
      ({ change }) => change.case === "activity" && change.value.activity === TYPING,
    );
  }

  test("reaches the room's members, with its end, at most once a second, and nobody else", async () => {
    const room = server.rooms.engine.id;
    using kay = await LiveReader.open(client, as("kay"));
    using grace = await LiveReader.open(client, as("grace"));
    const { revision } = kay.replicas.get(room);
    for (let count = 0; count < 3; count++) await type("grace", room);
    await type("grace", server.rooms.other.id);
    await type("ada", room);
    const [first, second, ...more] = await typingHeardBy(kay);
    assert.deepEqual(more, []);
    assert.deepEqual([first?.roomId, first?.actorId], [room, server.users.grace.id]);
    assert.deepEqual([second?.roomId, second?.actorId], [room, server.users.ada.id]);
    assert.ok(first?.change.case === "activity" && first.change.value.expireTime);
    assert.equal(timestampMs(first.change.value.expireTime), server.clock.now() + 6_000);
    assert.equal(kay.replicas.get(room).revision, revision + 1n);

    await server.clock.advance(999);
    await type("grace", room);
    assert.equal((await typingHeardBy(kay)).length, 2);
    await server.clock.advance(1);
    await type("grace", room);
    assert.equal((await typingHeardBy(kay)).length, 3);
    // A user is not told of their own typing, but of the others'.
    assert.deepEqual(
      (await typingHeardBy(grace)).map(({ actorId }) => actorId),
      [server.users.ada.id],
    );
  });

  test("needs the permission to post, and a room that one is in", async () => {
    const hidden = await refusalOf(type("eve", server.rooms.engine.id));
    assert.deepEqual(pick(hidden), [status.NOT_FOUND, "ROOM_NOT_FOUND", undefined]);
    const news = await refusalOf(type("grace", server.rooms.news.id));
    assert.deepEqual(pick(news), [status.PERMISSION_DENIED, "NOT_PERMITTED", undefined]);
    const random = await refusalOf(type("ada", "no such room"));
    assert.deepEqual(pick(random), [status.NOT_FOUND, "ROOM_NOT_FOUND", undefined]);
    const nowhere = await refusalOf(type("ada", ""));
    assert.deepEqual(pick(nowhere), [status.INVALID_ARGUMENT, "FIELD_REQUIRED", "room_id"]);
  });

  test("nobody says that they are offline, or anything of an activity there is not", async () => {
    for (const activity of [v1.Activity.UNSPECIFIED, v1.Activity.OFFLINE, 99 as v1.Activity]) {
      const refusal = await refusalOf(type("ada", "", activity));
      assert.deepEqual(pick(refusal), [status.INVALID_ARGUMENT, "FIELD_INVALID", "activity"]);
    }
    const inRoom = await refusalOf(type("ada", server.rooms.engine.id, v1.Activity.AWAY));
    assert.deepEqual(pick(inRoom), [status.INVALID_ARGUMENT, "FIELD_INVALID", "room_id"]);
  });

  test("is a command on Connect too, and its refusal does not end the stream", async () => {
    await server.clock.advance(1_000);
    using kay = await LiveReader.open(client, as("kay"));
    using grace = await LiveReader.open(client, as("grace"));
    const roomId = server.rooms.engine.id;
    grace.command("bad", { case: "signalActivity", value: { roomId, activity: v1.Activity.OFFLINE } });
    const { result } = await grace.result("bad");
    assert.ok(result.case === "error");
    assert.deepEqual([result.value.code, result.value.reason], [status.INVALID_ARGUMENT, "FIELD_INVALID"]);
    grace.command("good", { case: "signalActivity", value: { roomId, activity: TYPING } });
    await grace.result("good");
    const [event] = await typingHeardBy(kay);
    assert.equal(event?.actorId, server.users.grace.id);
  });
});

function pick({
  code,
  reason,
  field,
}: {
  code: number;
  reason: unknown;
  field: unknown;
}): readonly unknown[] {
  return [code, reason, field];
}
