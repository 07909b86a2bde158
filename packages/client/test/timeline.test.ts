import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectAs, disconnect, numbers, roomOf, textsOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer } from "./support/test-server.ts";
import { take, untilValue } from "./support/wait.ts";

function seedWith(count: number) {
  const messages = numbers(count).map((text) => ({ from: "ada", text }) as const);
  return {
    users: { ada: {}, grace: {} },
    rooms: {
      engine: { owner: "ada", members: { grace: "member" }, messages },
      since: { owner: "ada", messages, historyVisibility: "since-join", isPublic: true },
    },
  } as const;
}

describe("a timeline", () => {
  test("begins with the newest message, and is paged up to the first", async () => {
    await using server = await createTestServer({ seed: seedWith(250) });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    assert.deepEqual(textsOf(room), ["250"]);
    assert.deepEqual([room.timeline.get().hasOlder, room.timeline.get().isLoadingOlder], [true, false]);
    const loading = [room.loadOlder(), room.loadOlder()];
    assert.equal(room.timeline.get().isLoadingOlder, true);
    assert.deepEqual(await Promise.all(loading), [true, true]);
    assert.deepEqual(textsOf(room), numbers(101, 150));
    assert.equal(room.timeline.get().isLoadingOlder, false);
    assert.equal(await room.loadOlder(), true);
    assert.equal(await room.loadOlder(), false);
    assert.deepEqual(textsOf(room), numbers(250));
    assert.equal(room.timeline.get().hasOlder, false);
    assert.equal(await room.loadOlder(), false);
    await assert.rejects(room.loadOlder({ signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  test("of a room whose history begins with the user's joining ends there", async () => {
    await using server = await createTestServer({ seed: seedWith(150) });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const room = await grace.rooms.open("since");
    assert.deepEqual(textsOf(room), []);
    await roomOf(ada, server.rooms.since).send("welcome");
    await untilValue(room.timeline, ({ items }) => items.length === 1);
    assert.equal(await room.loadOlder(), false);
    assert.deepEqual(textsOf(room), ["welcome"]);
    const [first] = await take(room.messages({ afterSeq: 0 }), 1);
    assert.equal(first?.text, "welcome");
  });

  test("gives the same objects for what has not changed, and tells of a change when it is shown and when it is made", async () => {
    await using server = await createTestServer({ seed: seedWith(5) });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    await room.loadOlder();
    await untilValue(room.timeline, ({ items }) => items.every(({ sender }) => sender.isKnown));
    const before = room.timeline.get();
    assert.equal(room.timeline.get(), before);
    let told = 0;
    room.timeline.subscribe(() => told++);
    await room.react(2, "👍");
    assert.equal(room.timeline.get().items[1]?.reactions.length, 1);
    const after = await untilValue(
      room.timeline,
      ({ items }) => items[1]?.revision !== before.items[1]?.revision,
    );
    assert.equal(after.items[1]?.reactions.length, 1);
    assert.notEqual(after, before);
    assert.notEqual(after.items[1], before.items[1]);
    assert.equal(after.items[0], before.items[0]);
    assert.equal(after.items[4], before.items[4]);
    assert.equal(told, 2);
  });

  test("keeps apart what is edited and what is pinned, as far as both were seen", async () => {
    await using server = await createTestServer({ seed: seedWith(3), clock: Date.UTC(2030, 0, 1) });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    for (const room of [there, here]) await room.loadOlder();
    await server.clock.advance(1_000);
    assert.equal((await there.edit(1, "one")).isEdited, true);
    await untilValue(there.timeline, ({ items }) => items[0]?.text === "one");
    const pinned = await there.pin(1);
    assert.deepEqual([pinned.isPinned, pinned.isEdited], [true, true]);
    await there.pin(2);
    await untilValue(there.timeline, ({ items }) => items[1]?.isPinned === true);
    const unpinned = await there.unpin(2);
    assert.deepEqual([unpinned.isPinned, unpinned.isEdited], [false, false]);
    await there.pin(3);
    await untilValue(there.timeline, ({ items }) => items[2]?.isPinned === true);
    assert.equal((await there.edit(3, "three")).isEdited, true);
    for (const room of [there, here]) {
      const { items } = await untilValue(room.timeline, ({ items }) => items[2]?.text === "three");
      assert.deepEqual(
        items.map(({ isPinned, isEdited }) => [isPinned, isEdited]),
        [
          [true, true],
          [false, false],
          [true, true],
        ],
      );
    }
    // A later client sees the server's view, in which a pinned message is not edited.
    await using late = await connectAs(server, "grace");
    const room = roomOf(late, server.rooms.engine);
    await room.loadOlder();
    assert.deepEqual(
      room.timeline.get().items.map(({ isEdited }) => isEdited),
      [false, true, false],
    );
  });

  test("shows edits, pins, deletions and reactions, the user's own among them", async () => {
    await using server = await createTestServer({ seed: seedWith(4), clock: Date.UTC(2030, 0, 1) });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    await here.loadOlder();
    await server.clock.advance(1_000);
    await there.edit(1, "one");
    await there.pin(2);
    await there.delete(3);
    await here.react(4, "👍");
    await there.react(4, "👍");
    await there.react(4, "🎉");
    const { items } = await untilValue(here.timeline, ({ items }) => items[3]?.reactions.length === 2);
    assert.deepEqual([items[0]?.text, items[0]?.isEdited], ["one", true]);
    assert.deepEqual([items[1]?.isPinned, items[2]?.isDeleted, items[2]?.text], [true, true, ""]);
    const reactions = [
      { emoji: "👍", count: 2, isMine: true },
      { emoji: "🎉", count: 1, isMine: false },
    ];
    assert.deepEqual(items[3]?.reactions, reactions);
    await there.edit(4, "four");
    const edited = await untilValue(here.timeline, ({ items }) => items[3]?.text === "four");
    assert.deepEqual(edited.items[3]?.reactions, reactions);
    await here.unreact(4, "👍");
    await there.unreact(4, "🎉");
    const less = await untilValue(here.timeline, ({ items }) => items[3]?.reactions.length === 1);
    assert.deepEqual(less.items[3]?.reactions, [{ emoji: "👍", count: 1, isMine: false }]);
  });

  test("knows the user's own reactions from another device after an absence", async () => {
    await using server = await createTestServer({ seed: seedWith(3) });
    await using proxy = await TcpProxy.open(server.address);
    await using phone = await connectAs(server, "grace");
    await using desk = await connectAs(server, "grace", { address: proxy.address });
    const room = roomOf(desk, server.rooms.engine);
    await room.loadOlder();
    await disconnect(desk, proxy);
    await roomOf(phone, server.rooms.engine).react(2, "👍");
    proxy.unblock();
    await untilValue(room.timeline, ({ items }) => items[1]?.reactions[0]?.isMine === true);
  });

  test("takes a page as it is by then, whatever happens while it is read", async () => {
    const faults = { delayStore: { ms: 40, operations: ["listMessages"] } } as const;
    await using server = await createTestServer({ seed: seedWith(60), faults });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    const loading = here.loadOlder();
    await there.edit(5, "five");
    await there.react(6, "👍");
    await there.delete(7);
    await untilValue(here.info, () => true);
    await loading;
    const { items } = await untilValue(here.timeline, ({ items }) => items[6]?.isDeleted === true);
    assert.deepEqual([items[4]?.text, items[5]?.reactions[0]?.count], ["five", 1]);
  });

  test("that nobody observes keeps the newest messages, and one that is observed keeps all", async () => {
    await using server = await createTestServer({ seed: seedWith(2) });
    await using chat = await connectAs(server, "ada");
    const [room, other] = [roomOf(chat, server.rooms.engine), roomOf(chat, server.rooms.since)];
    const unsubscribe = other.timeline.subscribe(() => {});
    for (const text of numbers(400, 3)) await Promise.all([room.send(text), other.send(text)]);
    const kept = textsOf(room);
    assert.ok(kept.length >= 100 && kept.length <= 150, `${kept.length} are kept`);
    assert.deepEqual(kept, numbers(kept.length, 403 - kept.length));
    assert.equal(room.timeline.get().hasOlder, true);
    assert.deepEqual(textsOf(other), numbers(401, 2));
    unsubscribe();
  });
});

test("pages that the server cuts by bytes are read on, in timelines, loops and searches", async () => {
  await using server = await createTestServer({ seed: seedWith(0) });
  await using ada = await connectAs(server, "ada");
  await using grace = await connectAs(server, "grace");
  const room = roomOf(ada, server.rooms.engine);
  const large = { payload: new Uint8Array(32 * 1024), payloadType: "x/y" };
  const text = `needle ${"x".repeat(16 * 1024 - 7)}`;
  await Promise.all(Array.from({ length: 120 }, () => room.send(text, large)));
  const here = roomOf(grace, server.rooms.engine);
  const isUpToDate = ({ items }: { items: readonly { seq: number }[] }): boolean => items.at(-1)?.seq === 120;
  const { length: before } = (await untilValue(here.timeline, isUpToDate)).items;
  await here.loadOlder();
  assert.ok(here.timeline.get().items.length >= Math.min(120, before + 100));
  let count = 0;
  for await (const _ of here.messages({ afterSeq: 0 })) if (++count === 120) break;
  const first = await grace.search("needle", { pageSize: 100 });
  assert.equal(first.messages.length, 100);
  const second = await grace.search("needle", { pageSize: 100, pageToken: first.nextPageToken });
  assert.deepEqual([second.messages.length, second.nextPageToken], [20, ""]);
});
