import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectAs, numbers, roomOf } from "./support/chats.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { createTestServer } from "./support/test-server.ts";
import { all, take, until } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member" }, messages: [{ from: "ada", text: "1" }] } },
} as const;

describe("a client that is started again", () => {
  test("is given the messages that it has not dealt with, each once", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const there = roomOf(ada, server.rooms.engine);
    const cursors = new MemoryStore();
    let next = 2;
    const read: string[] = [];
    for (let run = 0; run < 3; run++) {
      for (let count = 0; count < 3; count++) await there.send(`${next++}`);
      const chat = await connectAs(server, "grace", { cursors });
      const wanted = run === 0 ? 4 : 3;
      let count = 0;
      for await (const { text } of roomOf(chat, server.rooms.engine).messages()) {
        // The last message of a run is not processed: the application ends with it in hand.
        if (++count > wanted - 1) break;
        read.push(text);
      }
      await chat.close();
    }
    assert.deepEqual(read, numbers(read.length));
    assert.equal(read.length, 3 + 2 + 2);
  });

  test("is given the changes since then, as they stand", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const there = roomOf(ada, server.rooms.engine);
    const cursors = new MemoryStore();
    const first = await connectAs(server, "grace", { cursors });
    const iterator = roomOf(first, server.rooms.engine).changes()[Symbol.asyncIterator]();
    const change = iterator.next();
    await there.send("2");
    assert.equal((await change).value.kind, "message");
    const dealtWith = iterator.next();
    await first.close();
    assert.equal((await dealtWith).done, true);
    await there.send("3");
    await there.edit(1, "one");
    await there.edit(3, "three");
    await there.delete(2);
    await using second = await connectAs(server, "grace", { cursors });
    const events = await take(roomOf(second, server.rooms.engine).changes(), 4);
    assert.deepEqual(
      events.map((event) =>
        "message" in event ? `${event.kind} ${event.message.seq} ${event.message.text}` : event.kind,
      ),
      ["updated 1 one", "message 3 three", "deleted 2 ", "gap"],
    );
  });

  test("saves soon after reading, and closing rejects if saving fails", async () => {
    await using server = await createTestServer({ seed });
    const cursors = new MemoryStore();
    await using chat = await connectAs(server, "grace", { cursors });
    await take(roomOf(chat, server.rooms.engine).messages(), 1);
    await until(() => cursors.saves === 1);
    assert.deepEqual(JSON.parse(cursors.saved), [{ roomId: server.rooms.engine.id, seq: 0 }]);
    const failing = { load: async () => [], save: () => Promise.reject(new Error("the disk is full")) };
    const other = await connectAs(server, "grace", { cursors: failing });
    await take(roomOf(other, server.rooms.engine).messages(), 1);
    await assert.rejects(other.close(), /the disk is full/);
    const broken = { ...failing, load: () => Promise.reject(new Error("no such file")) };
    await assert.rejects(connectAs(server, "grace", { cursors: broken }), /no such file/);
  });

  test("is given the first message of a room that was empty", async () => {
    await using server = await createTestServer({
      seed: { ...seed, rooms: { engine: { owner: "ada", members: { grace: "member" } } } },
    });
    await using ada = await connectAs(server, "ada");
    const cursors = new MemoryStore();
    const first = await connectAs(server, "grace", { cursors });
    const nothing = roomOf(first, server.rooms.engine).messages()[Symbol.asyncIterator]().next();
    await first.close();
    assert.equal((await nothing).done, true);
    assert.deepEqual(JSON.parse(cursors.saved), [{ roomId: server.rooms.engine.id, seq: 0 }]);
    await roomOf(ada, server.rooms.engine).send("the first");
    await roomOf(ada, server.rooms.engine).send("the second");
    await using second = await connectAs(server, "grace", { cursors });
    const [message] = await take(roomOf(second, server.rooms.engine).messages(), 1);
    assert.equal(message?.text, "the first");
  });

  test("keeps its position whatever else was read with a start of its own", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const there = roomOf(ada, server.rooms.engine);
    for (const text of ["2", "3", "4"]) await there.send(text);
    const cursors = new MemoryStore();
    const first = await connectAs(server, "grace", { cursors });
    const here = roomOf(first, server.rooms.engine);
    const read = async (options: object, count: number): Promise<string[]> =>
      (await take(here.messages(options), count)).map(({ text }) => text);
    assert.deepEqual(await read({}, 3), ["1", "2", "3"]);
    assert.deepEqual(await read({ afterSeq: 0 }, 2), ["1", "2"]);
    assert.deepEqual(await read({ last: 1 }, 1), ["4"]);
    assert.deepEqual(await read({}, 1), ["3"]);
    await first.close();
    assert.deepEqual(JSON.parse(cursors.saved), [{ roomId: here.id, seq: 2 }]);
  });

  test("goes on from the newest message if the server was restored to before its position", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const cursors = new MemoryStore();
    cursors.saved = JSON.stringify([{ roomId: server.rooms.engine.id, seq: 700 }]);
    await using chat = await connectAs(server, "grace", { cursors });
    const next = take(roomOf(chat, server.rooms.engine).messages(), 1);
    await roomOf(ada, server.rooms.engine).send("2");
    assert.deepEqual(
      (await next).map(({ text }) => text),
      ["2"],
    );
  });

  test("begins at its joining in a room that it was removed from and added to again", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const there = roomOf(ada, server.rooms.engine);
    const cursors = new MemoryStore();
    const first = await connectAs(server, "grace", { cursors });
    const graceId = first.me.id;
    const reading = all(roomOf(first, server.rooms.engine).messages());
    const removed = assert.rejects(reading, { reason: "REMOVED_FROM_ROOM" });
    await there.remove(graceId);
    // Its end takes the cursor away, also the one of the message in hand.
    await removed;
    await there.send("among themselves");
    await there.invite(["grace"]);
    await first.rooms.join(there.id);
    await there.send("to grace");
    assert.deepEqual(
      (await take(first.messages(), 1)).map(({ text }) => text),
      ["to grace"],
    );
    await first.close();
    await there.remove(graceId);
    await there.send("among themselves again");
    await there.invite(["grace"]);
    await using second = await connectAs(server, "grace", { cursors });
    await second.rooms.join(there.id);
    await there.send("to grace again");
    assert.deepEqual(
      (await take(second.messages(), 1)).map(({ text }) => text),
      ["to grace again"],
    );
  });
});
