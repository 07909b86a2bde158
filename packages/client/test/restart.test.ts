import assert from "node:assert/strict";
import { test } from "node:test";
import { type Chat, connect, type Message } from "@confab/client";
import { untilStatus } from "./support/chats.ts";
import { ServerProcess } from "./support/server-process.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { untilValue } from "./support/wait.ts";

const CLIENTS = 10;
const PER_CLIENT = 30;
const TOTAL = CLIENTS * PER_CLIENT;

test("a server that is killed and started again under its clients loses nothing, and all go on", async () => {
  await using server = new ServerProcess();
  await server.start();
  await using proxy = await TcpProxy.open(server.address);
  await using opened = new AsyncDisposableStack();
  const chats: Chat[] = [];
  for (let count = 0; count < CLIENTS; count++) {
    const options = { guest: `Guest ${count}`, reconnect: { minDelayMs: 20, maxDelayMs: 300 } };
    chats.push(opened.use(await connect(proxy.address, options)));
  }
  const rooms = await Promise.all(chats.map((chat) => chat.rooms.open("Lobby")));
  const reading = rooms.map(async (room) => {
    const read: Message[] = [];
    for await (const message of room.messages({ afterSeq: 0 })) {
      read.push(message);
      if (read.length === TOTAL) break;
    }
    return read;
  });
  const sending = rooms.map(async (room, sender) => {
    for (let count = 0; count < PER_CLIENT; count++) await room.send(`${sender} ${count}`);
  });
  for (const [at, signal] of [
    [60, "SIGKILL"],
    [150, "SIGTERM"],
    [220, "SIGKILL"],
  ] as const) {
    await untilValue(rooms[0]?.info ?? assert.fail(), ({ lastSeq }) => lastSeq >= at, `message ${at}`);
    proxy.target = "";
    await server.stop(signal);
    await Promise.all(chats.map((chat) => untilStatus(chat, "reconnecting")));
    await server.start();
    proxy.target = server.address;
    await Promise.all(chats.map((chat) => untilStatus(chat, "online")));
  }
  await Promise.all(sending);
  const [first = [], ...others] = await Promise.all(reading);
  assert.equal(new Set(first.map(({ text }) => text)).size, TOTAL);
  assert.deepEqual(
    first.map(({ seq }) => seq),
    first.map((_, index) => index + 1),
  );
  for (const read of others)
    assert.deepEqual(
      read.map(({ id }) => id),
      first.map(({ id }) => id),
    );
  assert.deepEqual(
    chats.map((chat) => chat.unsent.get()),
    chats.map(() => 0),
  );
});
