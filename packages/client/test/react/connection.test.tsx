import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Observable, Room } from "@confab/client";
import {
  ChatProvider,
  useChat,
  useConnection,
  useInvitations,
  useMarkRead,
  useMessages,
  useObservable,
  useOnline,
  useRoom,
  useRoomInfo,
  useRooms,
  useTyping,
  useUnread,
  useUnreadTotal,
  useUnsent,
} from "@confab/client/react";
import { createTestServer } from "@confab/server/testing";
import { type ReactNode, StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { connectAs, roomOf } from "../support/chats.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { until, untilValue } from "../support/wait.ts";
import { cleanup, pageText, render, renderHook } from "./dom.ts";
import { countListeners } from "./listeners.ts";
import { inChat, rendering } from "./rendering.tsx";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member" }, messages: [{ from: "ada", text: "1" }] } },
} as const;

/** Uses every hook. */
function useEverything(room: Room) {
  useMarkRead(room);
  return [
    useConnection(),
    useUnsent(),
    useRooms(),
    useRoom(room.id),
    useInvitations(),
    useUnreadTotal(),
    useMessages(room),
    useRoomInfo(room),
    useTyping(room),
    useOnline(room),
    useUnread(room),
    useObservable(room.info),
  ];
}

function Texts({ room }: { readonly room: Room }): ReactNode {
  const { items } = useMessages(room);
  return (
    <p>
      {useConnection().status}: {items.map(({ text }) => text).join()}
    </p>
  );
}

describe("useConnection and useUnsent", () => {
  test("show a connection that is lost and found, and what waits meanwhile", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using chat = await connectAs(server, "grace", { address: proxy.address });
    const hook = () => ({ connection: useConnection(), unsent: useUnsent() });
    using rendered = inChat(chat, hook, null);
    assert.deepEqual(rendered.now, { connection: { status: "online" }, unsent: 0 });
    proxy.block();
    await until(() => rendered.now.connection.status === "reconnecting");
    const { connection } = rendered.now;
    assert.ok(connection.status === "reconnecting" && connection.error.name === "UnavailableError");
    const sending = roomOf(chat, server.rooms.engine).send("later");
    await until(() => rendered.now.unsent === 1);
    proxy.unblock();
    await sending;
    await until(() => rendered.now.connection.status === "online" && rendered.now.unsent === 0);
    await chat.close();
    await until(() => rendered.now.connection.status === "closed");
  });
});

describe("a component that is taken away", () => {
  test("listens to nothing any more, and is not rendered again", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const room = roomOf(grace, server.rooms.engine);
    const observables: readonly Observable<unknown>[] = [
      ...[grace.connection, grace.unsent, grace.rooms, grace.rooms.invitations],
      ...[room.info, room.timeline, room.typing, room.online],
    ];
    const counts = observables.map((observable) => countListeners(observable));
    using rendered = inChat(grace, useEverything, room);
    assert.ok(counts.every((count) => count() > 0));
    const mounted = counts.map((count) => count());
    await roomOf(ada, server.rooms.engine).send("2");
    await until(() => JSON.stringify(rendered.now).includes('"text":"2"'));
    assert.deepEqual(
      counts.map((count) => count()),
      mounted,
    );
    rendered.unmount();
    assert.deepEqual(
      counts.map((count) => count()),
      counts.map(() => 0),
    );
    const before = rendered.all.length;
    await roomOf(ada, server.rooms.engine).send("3");
    await untilValue(room.info, ({ lastMessage }) => lastMessage?.text === "3");
    await rendering();
    assert.equal(rendered.all.length, before);
  });
});

describe("a component", () => {
  test("works the same in strict mode, which mounts everything twice", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const room = roomOf(grace, server.rooms.engine);
    const listeners = countListeners(room.timeline);
    const page = render(
      <StrictMode>
        <ChatProvider chat={grace}>
          <Texts room={room} />
        </ChatProvider>
      </StrictMode>,
    );
    try {
      assert.equal(pageText(), "online: 1");
      assert.equal(listeners(), 1);
      await roomOf(ada, server.rooms.engine).send("2");
      await until(() => pageText() === "online: 1,2");
      page.unmount();
      assert.equal(listeners(), 0);
    } finally {
      cleanup();
    }
  });

  test("is rendered on a server with what is known, and leaves nobody listening", async () => {
    await using server = await createTestServer({ seed });
    await using grace = await connectAs(server, "grace");
    const room = roomOf(grace, server.rooms.engine);
    const listeners = countListeners(room.timeline);
    const html = renderToString(
      <ChatProvider chat={grace}>
        <Texts room={room} />
      </ChatProvider>,
    );
    assert.equal(html, "<p>online<!-- -->: <!-- -->1</p>");
    assert.equal(listeners(), 0);
  });

  test("outside of a ChatProvider throws an error that names it", (t) => {
    // React also logs errors that a component throws.
    t.mock.method(console, "error", () => {});
    assert.throws(() => renderHook(() => useChat()), /put the component inside <ChatProvider chat=\{chat\}>/);
    cleanup();
  });

  test("follows values of the application's own", async () => {
    let value = 1;
    const listeners = new Set<() => void>();
    class Own implements Observable<number> {
      get(): number {
        return value;
      }
      subscribe(listener: () => void): () => void {
        listeners.add(listener);
        return () => listeners.delete(listener);
      }
    }
    const own = new Own();
    const { result } = renderHook(() => useObservable(own));
    assert.equal(result.current, 1);
    value = 2;
    for (const listener of listeners) listener();
    await until(() => result.current === 2);
    cleanup();
    assert.equal(listeners.size, 0);
  });
});
