import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Command, connectOver, type Room, type Transport } from "@confab/client";
import { connectAs, disconnect, roomOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer, transportTo } from "./support/test-server.ts";
import { untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: {
    engine: {
      owner: "ada",
      members: { grace: "member" },
      messages: ["one", "two", "three", "four"].map((text) => ({ from: "grace" as const, text })),
    },
  },
} as const;

/** Returns each message in a few characters: its text, `~` if edited, `^` if pinned, and its reactions. */
function shown(room: Room): string[] {
  return room.timeline.get().items.map(({ text, isDeleted, isEdited, isPinned, reactions }) => {
    const given = reactions
      .map(({ emoji, count, isMine }) => ` ${emoji}${count}${isMine ? "!" : ""}`)
      .join("");
    return `${isDeleted ? "deleted" : text}${isEdited ? "~" : ""}${isPinned ? "^" : ""}${given}`;
  });
}

describe("changes of messages", () => {
  test("are shown at once, wait for a connection, and are made in order", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    for (const room of [here, there]) await room.loadOlder();
    await there.react(4, "❤️");
    await untilValue(here.timeline, () => shown(here).includes("four ❤️1"));
    await disconnect(grace, proxy);
    const changing = Promise.all([
      here.edit(1, "ONE"),
      here.edit(1, "One"),
      here.delete(2),
      here.react(3, "👍"),
      here.react(4, "❤"),
      here.react(4, "🎉"),
      here.unreact(4, "🎉"),
    ]);
    const wanted = ["One~", "deleted", "three 👍1!", "four ❤️2!"];
    assert.deepEqual(shown(here), wanted);
    assert.equal(
      here.timeline.get().items[0],
      here.timeline.get().items[0],
      "an unchanged item stays the same",
    );
    assert.deepEqual(shown(there), ["one", "two", "three", "four ❤️1!"]);
    proxy.unblock();
    const [first, last] = await changing;
    assert.ok(first.revision < last.revision && last.text === "One");
    assert.deepEqual(shown(here), wanted);
    const seen = ["One~", "deleted", "three 👍1", "four ❤️2!"];
    await untilValue(there.timeline, () => shown(there).join() === seen.join());
    await there.removeReactions(3, "👍");
    await untilValue(here.timeline, () => shown(here)[2] === "three", "what others do afterwards");
  });

  test("that are refused are taken back, with the reason, and hold up no other", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const here = roomOf(grace, server.rooms.engine);
    await here.loadOlder();
    await disconnect(grace, proxy);
    const pinning = assert.rejects(here.pin(1), { name: "PermissionError", reason: "NOT_PERMITTED" });
    const emoji = assert.rejects(here.react(3, "no emoji"), { name: "InvalidArgumentError" });
    const editing = here.edit(2, "TWO");
    await assert.rejects(here.edit(3, "x".repeat(100_000)), { reason: "TEXT_TOO_LONG" });
    assert.deepEqual(shown(here), ["one^", "TWO~", "three no emoji1!", "four"]);
    proxy.unblock();
    await Promise.all([pinning, emoji, editing]);
    assert.deepEqual(shown(here), ["one", "TWO~", "three", "four"]);
    assert.equal((await roomOf(ada, server.rooms.engine).message(2)).text, "TWO");
  });

  test("whose answer is lost are made once, also a deletion", async () => {
    await using server = await createTestServer({
      seed,
      faults: { dropAnswer: { method: "DeleteMessage", at: 1 } },
    });
    await using grace = await connectAs(server, "grace");
    const here = roomOf(grace, server.rooms.engine);
    const deleted = await here.delete(4);
    assert.deepEqual([deleted.isDeleted, deleted.seq], [true, 4]);
    await untilValue(here.timeline, () => shown(here).join() === "deleted");
  });

  test("are given up by a signal before they are on their way, and with the chat", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const here = roomOf(grace, server.rooms.engine);
    await disconnect(grace, proxy);
    const aborting = new AbortController();
    const given = assert.rejects(here.edit(4, "FOUR", { signal: aborting.signal }), { name: "AbortError" });
    const waiting = assert.rejects(here.pin(4), { name: "ClosedError" });
    assert.deepEqual(shown(here), ["FOUR~^"]);
    aborting.abort();
    await given;
    assert.deepEqual(shown(here), ["four^"]);
    await grace.close();
    await waiting;
  });
});

describe("a read position", () => {
  test("that is refused is taken back, with the reason", async () => {
    await using server = await createTestServer({ seed });
    const inner = transportTo(server.address);
    // Each read position is sent for a room that does not exist.
    const connectElsewhere: Transport["connect"] = (hello, options) => {
      const stream = inner.connect(hello, options);
      return {
        frames: stream.frames,
        send(commandId, command) {
          const isRead = command.case === "updateReadCursor";
          const sent = isRead ? { ...command, value: { ...command.value, roomId: "nowhere" } } : command;
          stream.send(commandId, sent as Command);
        },
      };
    };
    const transport: Transport = {
      unary: (method, request, options) => inner.unary(method, request, options),
      connect: connectElsewhere,
      reset: () => inner.reset(),
      close: () => inner.close(),
    };
    const { refreshToken } = await server.signIn(server.users.ada.id);
    await using ada = await connectOver(transport, { refreshToken });
    const here = roomOf(ada, server.rooms.engine);
    const moving = here.markRead();
    assert.deepEqual([here.info.get().readSeq, here.info.get().unreadCount], [4, 0]);
    await assert.rejects(moving, { name: "NotFoundError", reason: "ROOM_NOT_FOUND" });
    await untilValue(here.info, ({ readSeq, unreadCount }) => readSeq === 0 && unreadCount === 4);
  });
});
