import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DescMessage, DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { historyOf, messageOf, send, seqsOf } from "../support/messages.ts";
import { giveRole, register } from "../support/people.ts";
import { bringIn, join, makeRoom, roomOf } from "../support/rooms.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const {
  getMessage,
  listMessages,
  updateMessage,
  deleteMessage,
  setReaction,
  updateReadCursor,
  sendMessage,
  searchMessages,
} = v1.ChatService.method;
const { removeMember } = v1.RoomService.method;

describe("who may read what", async () => {
  const { server, client } = await forSuite(startServerProcess({ runtime: "bun" }));
  const [ada, bob, eve] = [
    await register(client, "ada"),
    await register(client, "bob"),
    await register(client, "eve"),
  ];

  test("where history begins with joining, nothing from before is there for whoever joined later", async () => {
    const policy = { historyVisibility: v1.HistoryVisibility.SINCE_JOIN };
    const room = await makeRoom(client, ada, { policy });
    await send(client, { room, from: ada }, "before, one");
    await send(client, { room, from: ada }, "before, two");
    await bringIn(client, { room, owner: ada }, bob);
    const { revision } = await roomOf(client, room, bob);
    await send(client, { room, from: ada }, "after");
    const edit = {
      message: { roomId: room.id, seq: 1n, text: "before, edited" },
      updateMask: { paths: ["text"] },
    };
    await client.unary(updateMessage, edit, ada);
    await client.unary(setReaction, { roomId: room.id, seq: 2n, emoji: "👍" }, ada);

    const positions = [
      {},
      { beforeSeq: 9n },
      { aroundSeq: 1n },
      { afterSeq: 1n },
      { sinceRevision: 1n },
      { sinceRevision: revision },
    ];
    for (const position of positions) {
      const history = await historyOf(client, { room, by: bob }, position);
      assert.deepEqual([seqsOf(history), history.hasMore], [[3], false]);
    }
    assert.deepEqual(seqsOf(await historyOf(client, { room, by: ada })), [3, 2, 1]);
    const attempts = [
      () => client.unary(getMessage, { roomId: room.id, seq: 2n }, bob),
      () => client.unary(setReaction, { roomId: room.id, seq: 2n, emoji: "👍" }, bob),
      () => client.unary(updateMessage, { ...edit, message: { ...edit.message, seq: 2n } }, bob),
    ];
    const missing = await refusalOf(client.unary(getMessage, { roomId: room.id, seq: 99n }, bob));
    for (const attempt of attempts) {
      const { code, reason, message } = await refusalOf(attempt());
      assert.deepEqual([code, reason], [status.NOT_FOUND, "MESSAGE_NOT_FOUND"]);
      assert.equal(message, missing.message.replace("99", "2"));
    }
    assert.equal((await messageOf(client, { roomId: room.id, seq: 3n }, bob)).text, "after");

    await client.unary(removeMember, { roomId: room.id, userId: "me" }, bob);
    await send(client, { room, from: ada }, "while away");
    await bringIn(client, { room, owner: ada }, bob);
    await send(client, { room, from: ada }, "back again");
    assert.deepEqual(seqsOf(await historyOf(client, { room, by: bob })), [5]);
  });

  test("to whoever is not in it, a private room's messages are those of a room that isn't there", async () => {
    const room = await makeRoom(client, ada);
    await send(client, { room, from: ada }, "private");
    const seq = 1n;
    const calls: readonly ((roomId: string) => Promise<unknown>)[] = [
      (roomId) => call(sendMessage, { roomId, text: "x" }),
      (roomId) => call(getMessage, { roomId, seq }),
      (roomId) => call(listMessages, { roomId, sinceRevision: 1n }),
      (roomId) =>
        call(updateMessage, { message: { roomId, seq, text: "x" }, updateMask: { paths: ["text"] } }),
      (roomId) =>
        call(updateMessage, { message: { roomId, seq, pinned: true }, updateMask: { paths: ["pinned"] } }),
      (roomId) => call(deleteMessage, { roomId, seq, reason: "none" }),
      (roomId) => call(setReaction, { roomId, seq, emoji: "👍" }),
      (roomId) => call(updateReadCursor, { roomId, readSeq: seq }),
      (roomId) => call(searchMessages, { query: "private", roomIds: [roomId] }),
    ];
    for (const attempt of calls) {
      const { requestId: one, ...hidden } = await refusalOf(attempt(room.id));
      const { requestId: other, ...missing } = await refusalOf(attempt("AAAAAAAAAAAAAAAA"));
      assert.notEqual(one, other);
      assert.deepEqual(hidden, missing);
      assert.deepEqual([hidden.code, hidden.reason], [status.NOT_FOUND, "ROOM_NOT_FOUND"]);
    }
    assert.equal((await messageOf(client, { roomId: room.id, seq }, ada)).text, "private");

    function call<I extends DescMessage, O extends DescMessage>(
      method: DescMethodUnary<I, O>,
      request: MessageInitShape<I>,
    ): Promise<unknown> {
      return client.unary(method, request, eve);
    }
  });

  test("a public room is read by its members, and by whoever keeps order", async () => {
    const room = await makeRoom(client, ada, { public: true });
    await send(client, { room, from: ada }, "for members");
    const outside = await refusalOf(client.unary(listMessages, { roomId: room.id }, eve));
    assert.deepEqual([outside.code, outside.reason], [status.PERMISSION_DENIED, "NOT_A_MEMBER"]);
    const moderator = await register(client, "mona");
    await giveRole(server, moderator, v1.SystemRole.MODERATOR);
    assert.deepEqual(seqsOf(await historyOf(client, { room, by: moderator })), [1]);
    await join(client, room, eve);
    assert.deepEqual(seqsOf(await historyOf(client, { room, by: eve })), [1]);
  });
});
