import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { send } from "../support/messages.ts";
import { type Person, register } from "../support/people.ts";
import { bringIn, makeRoom } from "../support/rooms.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { sendMessage, setReaction, deleteMessage, updateMessage } = v1.ChatService.method;
const { updateMember, removeMember } = v1.RoomService.method;

describe("the pace of a room, and who is held up", async () => {
  const { client } = await forSuite(startServerProcess({ runtime: "bun" }));
  const [ada, bob, cleo] = [
    await register(client, "ada"),
    await register(client, "bob"),
    await register(client, "cleo"),
  ];

  async function openRoom(policy: object): Promise<v1.Room> {
    const room = await makeRoom(client, ada, { policy });
    await bringIn(client, { room, owner: ada }, bob, cleo);
    return room;
  }

  function post(room: v1.Room, from: Person, clientMessageId = "") {
    return client.unary(sendMessage, { roomId: room.id, text: "text", clientMessageId }, from);
  }

  test("under slow mode a member waits between two messages; a repeat does not, nor does the owner", async () => {
    const room = await openRoom({ slowMode: { seconds: 600n } });
    const first = await post(room, bob, "slow");
    const { code, reason, retryAfterMs } = await refusalOf(post(room, bob, "slower"));
    assert.deepEqual([code, reason], [status.RESOURCE_EXHAUSTED, "SLOW_MODE"]);
    assert.ok(retryAfterMs !== undefined && retryAfterMs > 540_000 && retryAfterMs <= 600_000);
    assert.equal((await post(room, bob, "slow")).message?.id, first.message?.id);
    await post(room, cleo);
    for (let index = 0; index < 3; index++) await post(room, ada);
    // Deleting the message does not shorten the wait.
    await client.unary(deleteMessage, { roomId: room.id, seq: first.message?.seq ?? 0n }, bob);
    assert.equal((await refusalOf(post(room, bob))).reason, "SLOW_MODE");
  });

  test("of several messages sent at once under slow mode one is stored", async () => {
    const room = await openRoom({ slowMode: { seconds: 600n } });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => post(room, bob)));
    assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  });

  test("where likes are required, a member posts again once that many others have reacted", async () => {
    const room = await openRoom({ requiredLikes: 2 });
    const { message } = await post(room, bob);
    const react = (person: Person, emoji: string, removed = false) =>
      client.unary(setReaction, { roomId: room.id, seq: message?.seq ?? 0n, emoji, removed }, person);
    await react(bob, "👍");
    await react(cleo, "👍");
    await react(cleo, "🎉");
    const { code, reason } = await refusalOf(post(room, bob));
    assert.deepEqual([code, reason], [status.FAILED_PRECONDITION, "LIKES_REQUIRED"]);
    await react(ada, "👍");
    await react(ada, "👍", true);
    assert.equal((await refusalOf(post(room, bob))).reason, "LIKES_REQUIRED");
    await react(ada, "👏");
    await post(room, bob);
    assert.equal((await refusalOf(post(room, bob))).reason, "LIKES_REQUIRED");
  });

  test("whoever is muted neither sends, edits nor reacts, and deletes what they said", async () => {
    const room = await openRoom({});
    const sent = await send(client, { room, from: bob }, "said before");
    const mutedUntilTime = timestampFromMs(Date.now() + 600_000);
    const member = { roomId: room.id, userId: bob.id, mutedUntilTime };
    await client.unary(updateMember, { member, updateMask: { paths: ["muted_until_time"] } }, ada);
    const place = { roomId: room.id, seq: sent.seq };
    for (const attempt of [
      () => post(room, bob),
      () => client.unary(setReaction, { ...place, emoji: "👍" }, bob),
      () =>
        client.unary(
          updateMessage,
          { message: { ...place, text: "x" }, updateMask: { paths: ["text"] } },
          bob,
        ),
    ]) {
      const { code, reason } = await refusalOf(attempt());
      assert.deepEqual([code, reason], [status.PERMISSION_DENIED, "MUTED"]);
    }
    assert.equal((await client.unary(deleteMessage, place, bob)).message?.deleted, true);
  });

  test("what is sent while a member is removed is stored before that, or not at all", async () => {
    const room = await openRoom({});
    const sends = Array.from({ length: 200 }, (_, index) => post(room, bob, `race ${index}`));
    const removal = client.unary(removeMember, { roomId: room.id, userId: bob.id }, ada);
    const results = await Promise.allSettled(sends);
    await removal;
    const stored = results.filter((result) => result.status === "fulfilled").length;
    const { message } = await post(room, ada);
    assert.equal(message?.seq, BigInt(stored) + 1n);
    for (const result of results) {
      if (result.status === "rejected") {
        assert.equal((await refusalOf(Promise.reject(result.reason))).reason, "ROOM_NOT_FOUND");
      }
    }
    assert.equal((await refusalOf(post(room, bob))).reason, "ROOM_NOT_FOUND");
  });
});
