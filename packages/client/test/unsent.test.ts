import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { UnsentStore, UnsentWork } from "@confab/client";
import { connectAs, disconnect, roomOf, textsOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer } from "./support/test-server.ts";
import { until, untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: {
    engine: {
      owner: "ada",
      members: { grace: "member" },
      messages: ["one", "two"].map((text) => ({ from: "ada" as const, text })),
    },
    other: { owner: "ada", members: { grace: "member" } },
  },
} as const;

/** A store that keeps what was saved as JSON, as a file would. */
class JsonStore implements UnsentStore {
  json = "[]";
  #isSaving = false;

  async load(): Promise<readonly UnsentWork[]> {
    return JSON.parse(this.json);
  }

  async save(work: readonly UnsentWork[]): Promise<void> {
    assert.equal(this.#isSaving, false, "never concurrently");
    this.#isSaving = true;
    await new Promise((resolve) => setImmediate(resolve));
    this.json = JSON.stringify(work);
    this.#isSaving = false;
  }
}

describe("with a store for unsent work", () => {
  test("what waits when the application ends is sent by the next run, in order and once", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    const unsent = new JsonStore();
    const first = await connectAs(server, "ada", { address: proxy.address, unsent });
    const room = roomOf(first, server.rooms.engine);
    await room.send("sent before");
    await disconnect(first, proxy);
    const payload = new Uint8Array([1, 2, 255]);
    const calls = [
      room.send("three", { replyToSeq: 1, payload, payloadType: "x/y", ttlMs: 3_600_000 }),
      room.send("four", { clientMessageId: "my id" }),
      room.edit(1, "ONE"),
      room.react(2, "👍"),
      room.pin(2),
      roomOf(first, server.rooms.other).send("elsewhere"),
    ].map((call) => assert.rejects(call, { name: "ClosedError" }));
    await first.close();
    await Promise.all(calls);
    assert.equal(JSON.parse(unsent.json).length, 6);

    proxy.unblock();
    await using second = await connectAs(server, "ada", { address: proxy.address, unsent });
    const again = roomOf(second, server.rooms.engine);
    await untilValue(second.unsent, (count) => count === 0);
    await again.loadOlder();
    await untilValue(again.timeline, ({ items }) => items[1]?.isPinned === true);
    assert.deepEqual(textsOf(again), ["ONE", "two", "sent before", "three", "four"]);
    const [, two, , three, four] = again.timeline.get().items;
    assert.deepEqual([two?.reactions[0]?.isMine, three?.replyToSeq], [true, 1]);
    assert.deepEqual([...(three?.payload ?? [])], [...payload]);
    assert.ok(three?.expireTime && four?.clientMessageId === "my id");
    assert.deepEqual(textsOf(roomOf(second, server.rooms.other)), ["elsewhere"]);
    // The last answer may come after its effect.
    await until(() => unsent.json === "[]", "the last answer");
  });

  test("read positions are kept, and work for rooms that one has left is dropped", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    const unsent = new JsonStore();
    const first = await connectAs(server, "grace", { address: proxy.address, unsent });
    await disconnect(first, proxy);
    const reading = roomOf(first, server.rooms.engine).markRead(2);
    const sending = roomOf(first, server.rooms.other).send("too late");
    const calls = [reading, sending].map((call) => assert.rejects(call, { name: "ClosedError" }));
    await first.close();
    await Promise.all(calls);
    await using ada = await connectAs(server, "ada");
    await roomOf(ada, server.rooms.other).remove(server.users.grace.id);
    await using second = await connectAs(server, "grace", { unsent });
    const { id } = server.users.grace;
    const there = roomOf(ada, server.rooms.engine);
    await untilValue(there.readPositions, (positions) => positions.get(id) === 2);
    await untilValue(second.unsent, (count) => count === 0);
    // The last answer may come after its effect.
    await until(() => unsent.json === "[]", "the last answer");
    assert.deepEqual(textsOf(roomOf(ada, server.rooms.other)), []);
  });
});
