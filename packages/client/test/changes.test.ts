import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RoomEvent } from "@confab/client";
import { connectAs, disconnect, roomOf, sendMany, untilStatus } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer } from "./support/test-server.ts";
import { take, untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {}, kay: {} },
  rooms: {
    engine: {
      owner: "ada",
      members: { grace: "member" },
      messages: [
        { from: "ada", text: "1" },
        { from: "ada", text: "2" },
      ],
    },
  },
} as const;

/** Returns the parts of an event that a test compares. */
function brief(event: RoomEvent): string {
  switch (event.kind) {
    case "message":
    case "deleted":
      return `${event.kind} ${event.message.seq} ${event.message.text}`.trim();
    case "updated": {
      const { message, reaction } = event;
      const emoji = reaction && `${reaction.isRemoved ? "-" : "+"}${reaction.emoji}`;
      return `updated ${message.seq} ${emoji ?? message.text}`;
    }
    case "member":
      return `member ${event.member.user.handle} ${event.member.state}`;
    case "room":
    case "gap":
      return `${event.kind} ${event.info.title}`;
    default:
      return event satisfies never;
  }
}

describe("the changes of a room", () => {
  test("come in the order of their revisions, each as what it is", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const there = roomOf(ada, server.rooms.engine);
    const taking = take(roomOf(grace, server.rooms.engine).changes(), 9);
    await there.send("3");
    await there.edit(1, "one");
    await there.pin(2);
    await there.react(3, "👍");
    await there.unreact(3, "👍");
    await there.delete(2);
    await there.invite(["kay"]);
    await there.update({ title: "motor", topic: "cylinders" });
    await there.send("4");
    const events = await taking;
    assert.deepEqual(events.map(brief), [
      "message 3 3",
      "updated 1 one",
      "updated 2 2",
      "updated 3 +👍",
      "updated 3 -👍",
      "deleted 2",
      "member kay invited",
      "room motor",
      "message 4 4",
    ]);
    const revisions = events.map(({ revision }) => revision);
    assert.deepEqual(
      revisions,
      revisions.map((_, index) => (revisions[0] ?? 0) + index),
    );
  });

  test("that were missed come as they stand, without any of them twice", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const there = roomOf(ada, server.rooms.engine);
    const taking = take(roomOf(grace, server.rooms.engine).changes(), 5);
    await there.send("3");
    await disconnect(grace, proxy);
    await there.send("4");
    await there.edit(4, "four");
    await there.send("5");
    await there.edit(4, "FOUR");
    await there.delete(1);
    proxy.unblock();
    await untilStatus(grace, "online");
    await there.send("6");
    assert.deepEqual((await taking).map(brief), [
      "message 3 3",
      "message 5 5",
      "message 4 FOUR",
      "deleted 1",
      "message 6 6",
    ]);
  });

  test("of a slow reader are read by pages, and end with the gap", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const room = roomOf(ada, server.rooms.engine);
    const iterator = room.changes()[Symbol.asyncIterator]();
    const first = iterator.next();
    await room.edit(1, "one");
    assert.equal(brief((await first).value), "updated 1 one");
    await sendMany(server, { name: "ada", roomId: room.id, count: 1_500 });
    await room.edit(2, "two");
    await room.edit(3, "three");
    await untilValue(room.info, ({ lastSeq }) => lastSeq === 1_502);
    const events: string[] = [];
    while (events.at(-1) !== "gap engine") events.push(brief((await iterator.next()).value));
    assert.deepEqual(events.slice(-3), ["updated 2 two", "message 3 three", "gap engine"]);
    assert.equal(new Set(events).size, 1_500 + 2);
    const next = iterator.next();
    await room.send("last");
    assert.equal(brief((await next).value), "message 1503 last");
    await iterator.return?.();
  });
});
