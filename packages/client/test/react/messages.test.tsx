import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ConnectionState, Room, TimelineItem } from "@confab/client";
import { ChatProvider, keyOf, type Messages, useMessages } from "@confab/client/react";
import { createTestServer } from "@confab/server/testing";
import { memo, type ReactNode } from "react";
import { connectAs, disconnect, numbers, roomOf, untilStatus } from "../support/chats.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { until, untilValue } from "../support/wait.ts";
import { cleanup, fireEvent, pageText, render } from "./dom.ts";
import { inChat } from "./rendering.tsx";

const textsOf = ({ items }: { readonly items: readonly TimelineItem[] }): string[] =>
  items.map(({ text }) => text);

function seedWith(count: number) {
  const messages = numbers(count).map((text) => ({ from: "ada", text }) as const);
  return {
    users: { ada: {}, grace: {} },
    rooms: {
      engine: { owner: "ada", members: { grace: "member" }, messages },
      loom: {
        owner: "grace",
        messages: [
          { from: "grace", text: "loom 1" },
          { from: "grace", text: "loom 2" },
        ],
      },
    },
  } as const;
}

describe("useMessages", () => {
  test("begins with a page and goes on with what comes", async () => {
    await using server = await createTestServer({ seed: seedWith(40) });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const room = roomOf(grace, server.rooms.engine);
    using rendered = inChat(grace, useMessages, room);
    assert.deepEqual(textsOf(rendered.now), ["40"]);
    await until(() => rendered.now.items.length === 40);
    assert.deepEqual(textsOf(rendered.now), numbers(40));
    assert.equal(rendered.now.hasOlder, false);
    await roomOf(ada, server.rooms.engine).send("41");
    await until(() => textsOf(rendered.now).at(-1) === "41");
    assert.deepEqual(textsOf(rendered.now), numbers(41));
  });

  test("loads as many as are wanted, and pages upwards to the first", async () => {
    await using server = await createTestServer({ seed: seedWith(350) });
    await using grace = await connectAs(server, "grace");
    const room = roomOf(grace, server.rooms.engine);
    using rendered = inChat(grace, () => useMessages(room, { initialCount: 150 }), null);
    await until(() => rendered.now.items.length === 201 && !rendered.now.isLoadingOlder);
    const { loadOlder } = rendered.now;
    const before = rendered.all.length;
    loadOlder();
    loadOlder();
    await until(() => rendered.now.items.length === 301 && !rendered.now.isLoadingOlder);
    assert.equal(rendered.all[before]?.isLoadingOlder, true);
    assert.deepEqual(textsOf(rendered.now), numbers(301, 50));
    assert.deepEqual([rendered.now.hasOlder, rendered.now.loadOlder === loadOlder], [true, true]);
    loadOlder();
    await until(() => !rendered.now.hasOlder);
    assert.deepEqual(textsOf(rendered.now), numbers(350));
    const lengths = new Set(rendered.all.map(({ items }) => items.length));
    assert.deepEqual([...lengths], [1, 101, 201, 301, 350]);
  });

  test("says why a page did not come, and is given it when it is asked for again", async () => {
    await using server = await createTestServer({ seed: seedWith(250) });
    await using proxy = await TcpProxy.open(server.address);
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    using rendered = inChat(grace, useMessages, roomOf(grace, server.rooms.engine));
    await until(() => rendered.now.items.length === 101);
    await disconnect(grace, proxy);
    rendered.now.loadOlder();
    await until(() => rendered.now.loadError !== null);
    assert.equal(rendered.now.loadError?.name, "UnavailableError");
    assert.equal(rendered.now.items.length, 101);
    proxy.unblock();
    await untilStatus(grace, "online");
    rendered.now.loadOlder();
    await until(() => rendered.now.items.length === 201);
    await until(() => rendered.now.loadError === null);
  });

  test("that begins without a connection loads its first page when there is one", async () => {
    await using server = await createTestServer({ seed: seedWith(40) });
    await using proxy = await TcpProxy.open(server.address);
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    await disconnect(grace, proxy);
    using rendered = inChat(grace, useMessages, roomOf(grace, server.rooms.engine));
    const isTriedAgain = (state: ConnectionState): boolean =>
      state.status === "reconnecting" && state.attempt > 3;
    await untilValue(grace.connection, isTriedAgain);
    assert.deepEqual([textsOf(rendered.now), rendered.all.length], [["40"], 1]);
    proxy.unblock();
    await until(() => rendered.now.items.length === 40);
    assert.ok(rendered.all.every(({ loadError }) => loadError === null));
  });

  test("of another room are loaded too, and why those of the room before did not come is forgotten", async () => {
    await using server = await createTestServer({ seed: seedWith(250) });
    await using proxy = await TcpProxy.open(server.address);
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const [engine, loom] = [roomOf(grace, server.rooms.engine), roomOf(grace, server.rooms.loom)];
    using rendered = inChat<Messages, Room | null>(grace, useMessages, engine);
    await until(() => rendered.now.items.length === 101);
    await disconnect(grace, proxy);
    rendered.now.loadOlder();
    await until(() => rendered.now.loadError !== null);
    rendered.rerender(loom);
    assert.deepEqual([textsOf(rendered.now), rendered.now.loadError], [["loom 2"], null]);
    proxy.unblock();
    await until(() => textsOf(rendered.now).join() === "loom 1,loom 2");
    rendered.rerender(null);
    rendered.now.loadOlder();
    assert.deepEqual([rendered.now.items, rendered.now.hasOlder], [[], false]);
  });

  test("shows the user's own message at once, under the same key before and after it is stored", async () => {
    await using server = await createTestServer({ seed: seedWith(0), faults: { delayStore: { ms: 20 } } });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const room = roomOf(grace, server.rooms.engine);
    using rendered = inChat(grace, useMessages, room);
    await Promise.all([room.send("mine", { clientMessageId: "1" }), room.send("too")]);
    await roomOf(ada, server.rooms.engine).send("hers", { clientMessageId: "1" });
    await until(() => textsOf(rendered.now).at(-1) === "hers");
    const shown = rendered.all.map(({ items }) => items.map((item) => `${keyOf(item)} ${item.state}`));
    const [, { clientMessageId: second = "" } = {}] = rendered.now.items;
    const steps = [
      "",
      `1 sending,${second} sending`,
      `1 sent,${second} sending`,
      `1 sent,${second} sent`,
      `1 sent,${second} sent,#3 sent`,
    ];
    const seen = shown.map((keys) => keys.join());
    assert.deepEqual(
      seen.filter((keys, index) => keys !== seen[index - 1]),
      steps,
    );
  });
});

describe("a list of messages on a page", () => {
  test("renders only the row again whose message has changed, and loads more by its button", async () => {
    await using server = await createTestServer({ seed: seedWith(150) });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const rows: string[] = [];
    const Row = memo(({ item }: { readonly item: TimelineItem }): ReactNode => {
      rows.push(item.text);
      return (
        <li>
          {item.sender.handle}: {item.text} {item.reactions.map(({ emoji }) => emoji)}|
        </li>
      );
    });
    function List({ room }: { readonly room: Room }): ReactNode {
      const { items, hasOlder, loadOlder } = useMessages(room);
      return (
        <ol>
          {hasOlder && (
            <button type="button" onClick={loadOlder}>
              older
            </button>
          )}
          {items.map((item) => (
            <Row key={keyOf(item)} item={item} />
          ))}
        </ol>
      );
    }
    const page = render(
      <ChatProvider chat={grace}>
        <List room={roomOf(grace, server.rooms.engine)} />
      </ChatProvider>,
    );
    try {
      await until(() => pageText().startsWith("olderada: 50 |ada: 51 |"));
      rows.length = 0;
      await roomOf(ada, server.rooms.engine).react(77, "👍");
      await until(() => pageText().includes("ada: 77 👍|ada: 78 |"));
      assert.deepEqual(rows, ["77"]);
      fireEvent.click(page.getByRole("button"));
      await until(() => pageText().startsWith("ada: 1 |ada: 2 |"));
      assert.deepEqual(new Set(rows), new Set(["77", ...numbers(49)]));
    } finally {
      cleanup();
    }
  });
});
