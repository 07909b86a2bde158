import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Chat, ConnectionState } from "@confab/client";
import { connectAs, disconnect, numbers, roomOf, textsOf, untilStatus } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer } from "./support/test-server.ts";
import { until, untilValue } from "./support/wait.ts";
import { connectWatched } from "./support/watched-transport.ts";

const seed = {
  users: { ada: {}, grace: {}, kay: {} },
  rooms: {
    engine: { owner: "ada", members: { grace: "member" }, messages: [{ from: "ada", text: "1" }] },
    other: { owner: "ada", members: { grace: "member" } },
  },
} as const;

const isReconnecting = ({ status }: ConnectionState): boolean => status === "reconnecting";

/** Collects the states of the connection from now on. */
function statesOf(chat: Chat): ConnectionState[] {
  const states = [chat.connection.get()];
  chat.connection.subscribe(() => states.push(chat.connection.get()));
  return states;
}

describe("a connection that breaks", () => {
  test("is made again, and brings what was missed, each thing once and in order", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    for (let round = 0; round < 3; round++) {
      await disconnect(grace, proxy);
      const { seq } = await there.send(`${2 + 2 * round}`);
      await there.edit(seq, `${2 + 2 * round}, edited`);
      await there.send(`${3 + 2 * round}`);
      await there.react(1, "👍");
      proxy.unblock();
      await untilStatus(grace, "online");
    }
    const { items } = await untilValue(here.timeline, ({ items }) => items.length === 7);
    assert.deepEqual(
      items.map(({ text }) => text),
      ["1", "2, edited", "3", "4, edited", "5", "6, edited", "7"],
    );
    assert.deepEqual(items[0]?.reactions, [{ emoji: "👍", count: 1, isMine: false }]);
  });

  test("waits longer from attempt to attempt, and names the time of the next one", async (t) => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    const reconnect = { minDelayMs: 16, maxDelayMs: 64 };
    await using chat = await connectAs(server, "grace", { address: proxy.address, reconnect });
    const states = statesOf(chat);
    proxy.block();
    await untilValue(chat.connection, (state) => state.status === "reconnecting" && state.attempt === 6);
    const beganAt = performance.now();
    proxy.unblock();
    await untilStatus(chat, "online");
    t.diagnostic(`connected again after ${Math.round(performance.now() - beganAt)} ms`);
    const lost = states.filter((state) => state.status === "reconnecting");
    assert.deepEqual(
      lost.slice(0, 6).map(({ attempt }) => attempt),
      [1, 2, 3, 4, 5, 6],
    );
    for (const { error, attempt, retryAtMs } of lost) {
      assert.equal(error.name, "UnavailableError");
      assert.ok(retryAtMs - Date.now() <= Math.min(64, 16 * 2 ** (attempt - 1)));
    }
    proxy.cut();
    await untilStatus(chat, "reconnecting");
    assert.equal(states.findLast((state) => state.status === "reconnecting")?.attempt, 1);
  });

  test("that is silent for two heartbeats and a half counts as lost", async () => {
    await using server = await createTestServer({
      seed,
      streamTimes: { heartbeatMs: 1_000, maxAgeMs: 600_000 },
    });
    await using proxy = await TcpProxy.open(server.address);
    await using chat = await connectAs(server, "grace", { address: proxy.address });
    const room = roomOf(chat, server.rooms.engine);
    proxy.freeze();
    const sending = room.send("through the next one");
    const state = await untilStatus(chat, "reconnecting");
    assert.ok(state.status === "reconnecting");
    assert.equal(state.error.reason, "CONNECTION_LOST");
    assert.equal((await sending).seq, 2);
  });

  test("stays up through heartbeats, however long nothing happens", async () => {
    await using server = await createTestServer({
      seed,
      streamTimes: { heartbeatMs: 1_000, maxAgeMs: 600_000 },
    });
    await using proxy = await TcpProxy.open(server.address);
    await using chat = await connectAs(server, "grace", { address: proxy.address });
    const states = statesOf(chat);
    const { connections } = proxy;
    // Twice as long as a silence may be.
    const enoughAt = performance.now() + 5_000;
    await until(() => performance.now() > enoughAt);
    assert.deepEqual(states, [{ status: "online" }]);
    assert.equal(proxy.connections, connections);
  });
});

describe("a stream that ends", () => {
  test("at its age is followed by another after the time that Drain asks for, and nobody notices", async () => {
    await using server = await createTestServer({ seed, streamTimes: { heartbeatMs: 5_000, maxAgeMs: 200 } });
    await using ada = await connectAs(server, "ada");
    await using watched = await connectWatched(server, "grace");
    const grace = watched.chat;
    const states = statesOf(grace);
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    let count = 1;
    while (watched.streams < 3 || count < 110) {
      await there.send(`${++count}`);
      await untilValue(here.timeline, ({ items }) => items.at(-1)?.seq === count);
    }
    assert.deepEqual(new Set(states.map(({ status }) => status)), new Set(["online"]));
    assert.deepEqual(textsOf(here).slice(-100), numbers(100, count - 99));
  });

  test("again and again is opened again and again", async () => {
    await using server = await createTestServer({ seed, faults: { cutStreams: { afterFrames: 8 } } });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    const states = statesOf(grace);
    for (let count = 2; count <= 40; count++) await there.send(`${count}`);
    await untilValue(here.timeline, ({ items }) => items.length === 40);
    assert.deepEqual(textsOf(here), numbers(40));
    assert.ok(states.filter(isReconnecting).length >= 3);
  });
});

describe("changes while the user is away", () => {
  test("a room that the user was removed from is gone, and one that the user was added to is there", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const lost = roomOf(grace, server.rooms.engine);
    const unsent = lost.timeline;
    await disconnect(grace, proxy);
    const refused = assert.rejects(lost.send("never"), { reason: "REMOVED_FROM_ROOM" });
    await roomOf(ada, server.rooms.engine).remove(server.users.grace.id);
    const made = await ada.rooms.openDirect(["grace"]);
    await made.send("hello");
    const invitedTo = await ada.rooms.create({ title: "new", members: ["grace"] });
    proxy.unblock();
    await untilStatus(grace, "online");
    await refused;
    assert.deepEqual(unsent.get().items.length, 1);
    assert.equal(grace.rooms.get(server.rooms.engine.id), undefined);
    assert.ok(grace.rooms.get(made.id));
    assert.deepEqual(
      grace.rooms.invitations.get().map(({ id, title }) => [id, title]),
      [[invitedTo.id, "new"]],
    );
  });

  test("more than 1,000 rooms that the user was removed from are gone, and the others go on", async () => {
    const members = { grace: "member" } as const;
    const lost = Object.fromEntries(
      Array.from({ length: 1_001 }, (_, index) => [`lost ${index}`, { owner: "ada", members } as const]),
    );
    const rooms = { ...lost, kept: { owner: "ada", members }, offered: { owner: "ada", members } } as const;
    await using server = await createTestServer({ seed: { users: seed.users, rooms } });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const kept = roomOf(grace, server.rooms.kept);
    await disconnect(grace, proxy);
    const graceId = server.users.grace.id;
    const left = ada.rooms.get().filter(({ id }) => id !== kept.id);
    await Promise.all(left.map((room) => room.remove(graceId)));
    await roomOf(ada, server.rooms.offered).invite(["grace"]);
    await roomOf(ada, kept).send("missed");
    proxy.unblock();
    await untilStatus(grace, "online");
    assert.deepEqual(grace.rooms.get(), [kept]);
    assert.deepEqual(
      grace.rooms.invitations.get().map(({ id }) => id),
      [server.rooms.offered.id],
    );
    await untilValue(kept.timeline, ({ items }) => items.at(-1)?.text === "missed");
  });

  test("an invitation that was taken back is gone", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using kay = await connectAs(server, "kay", { address: proxy.address });
    const room = await ada.rooms.create({ title: "new", members: ["kay"] });
    await untilValue(kay.rooms.invitations, ({ length }) => length === 1);
    await disconnect(kay, proxy);
    await room.remove(server.users.kay.id);
    proxy.unblock();
    await untilValue(kay.rooms.invitations, ({ length }) => length === 0);
  });
});
