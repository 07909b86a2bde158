import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Cursor, CursorStore } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { connectAs, numbers, roomOf } from "./support/chats.ts";
import { take, until } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member" }, messages: [{ from: "ada", text: "1" }] } },
} as const;

/** A store as an application has one: the cursors pass through JSON. */
class MemoryStore implements CursorStore {
  saved = "[]";
  saves = 0;

  async load(): Promise<readonly Cursor[]> {
    return JSON.parse(this.saved);
  }

  async save(cursors: readonly Cursor[]): Promise<void> {
    this.saved = JSON.stringify(cursors);
    this.saves++;
  }
}

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
      const start = run === 0 ? { afterSeq: 0 } : {};
      const wanted = run === 0 ? 4 : 3;
      let count = 0;
      for await (const { text } of roomOf(chat, server.rooms.engine).messages(start)) {
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
      ["edited 1 one", "message 3 three", "deleted 2 ", "room"],
    );
  });

  test("saves soon after reading, and closing rejects if saving fails", async () => {
    await using server = await createTestServer({ seed });
    const cursors = new MemoryStore();
    await using chat = await connectAs(server, "grace", { cursors });
    await take(roomOf(chat, server.rooms.engine).messages({ last: 1 }), 1);
    await until(() => cursors.saves === 1);
    assert.deepEqual(JSON.parse(cursors.saved), [
      { roomId: server.rooms.engine.id, seq: 0, revision: 0, topSeq: 0 },
    ]);
    const failing = { load: async () => [], save: () => Promise.reject(new Error("the disk is full")) };
    const other = await connectAs(server, "grace", { cursors: failing });
    await take(roomOf(other, server.rooms.engine).messages({ last: 1 }), 1);
    await assert.rejects(other.close(), /the disk is full/);
    const broken = { ...failing, load: () => Promise.reject(new Error("no such file")) };
    await assert.rejects(connectAs(server, "grace", { cursors: broken }), /no such file/);
  });
});
