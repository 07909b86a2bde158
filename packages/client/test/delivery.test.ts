import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chat, Message } from "@confab/client";
import { v1 } from "@confab/protocol";
import type { TestServer } from "@confab/server/testing";
import { connectAs, roomOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer, transportTo } from "./support/test-server.ts";
import { HANG_MS, until } from "./support/wait.ts";

const READERS = 50;
const SENDERS = 100;
const PER_SENDER = 4;
const TOTAL = SENDERS * PER_SENDER;

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Returns the texts of the room's history on the server. */
async function historyOf(server: TestServer<string, "hall">, userId: string): Promise<string[]> {
  const transport = transportTo(server.address);
  const { accessToken } = await server.signIn(userId);
  const { listMessages } = v1.ChatService.method;
  const texts: string[] = [];
  for (let hasMore = true, afterSeq = 0n; hasMore; ) {
    const request = { roomId: server.rooms.hall.id, pageSize: 100, afterSeq };
    const page = await transport.unary(listMessages, request, { accessToken, timeoutMs: HANG_MS });
    texts.push(...page.messages.map(({ text }) => text));
    afterSeq = page.messages.at(-1)?.seq ?? afterSeq;
    ({ hasMore } = page);
  }
  transport.close();
  return texts;
}

/** Starts to read all messages, and records every problem in the timeline. */
async function startReader(chat: Chat, server: TestServer<string, "hall">) {
  const room = roomOf(chat, server.rooms.hall);
  const read: Message[] = [];
  const problems: string[] = [];
  const unsubscribe = room.timeline.subscribe(() => {
    const seqs = room.timeline.get().items.map(({ seq }) => seq);
    if (seqs.some((seq, index) => index > 0 && seq <= (seqs[index - 1] ?? 0)))
      problems.push(`shown: ${seqs.join()}`);
  });
  const reading = (async () => {
    for await (const message of room.messages({ afterSeq: 0 })) {
      read.push(message);
      if (read.length === TOTAL) return;
    }
  })();
  return { read, problems, reading, room, unsubscribe };
}

test("50 readers reconnect at random while 100 senders send through faults: everyone reads the room's history", async () => {
  const readers = names("reader", READERS);
  const senders = names("sender", SENDERS);
  const users = Object.fromEntries([...readers, ...senders].map((name) => [name, {}]));
  const members = Object.fromEntries(
    [...readers, ...senders].slice(1).map((name) => [name, "member"] as const),
  );
  await using server = await createTestServer<string, "hall">({
    seed: { users, rooms: { hall: { owner: "reader0", members } } },
    faults: {
      dropAnswer: { method: "SendMessage", at: 100 },
      // Up to 149 of them tell who is there.
      cutStreams: { afterFrames: 300 },
      dropBusEvents: { at: [50, 51, 200, 333] },
    },
  });
  await using opened = new AsyncDisposableStack();
  const proxies = await Promise.all(
    Array.from({ length: 10 }, async () => opened.use(await TcpProxy.open(server.address))),
  );
  const addressOf = (index: number): string => proxies[index % proxies.length]?.address ?? "";
  const connectAll = (all: readonly string[]): Promise<Chat[]> =>
    Promise.all(
      all.map(async (name, index) =>
        opened.use(await connectAs(server, name, { address: addressOf(index) })),
      ),
    );
  const reading = await Promise.all((await connectAll(readers)).map((chat) => startReader(chat, server)));
  const sending = await connectAll(senders);

  // Not by the time: on a slow machine no connection would last until something has come by it.
  const cutSometimes = (sender: number): void => {
    if (sender % 4 === 0) proxies[Math.floor(Math.random() * proxies.length)]?.cut();
  };
  const acknowledged = await Promise.all(
    sending.map(async (chat, sender) => {
      const room = roomOf(chat, server.rooms.hall);
      const sent: Message[] = [];
      for (let count = 0; count < PER_SENDER; count += 2) {
        sent.push(...(await Promise.all([0, 1].map((more) => room.send(`${sender} ${count + more}`)))));
        cutSometimes(sender);
      }
      return sent;
    }),
  );
  await Promise.all(reading.map((reader) => reader.reading));

  const history = await historyOf(server, server.users.reader0?.id ?? "");
  assert.equal(history.length, TOTAL);
  assert.equal(new Set(history).size, TOTAL);
  for (const sent of acknowledged) {
    assert.deepEqual(
      sent.map(({ text, seq }) => [seq, text]),
      sent.map(({ text }) => [history.indexOf(text) + 1, text]),
    );
    assert.deepEqual(
      [...sent].sort((a, b) => a.seq - b.seq),
      sent,
    );
  }
  for (const { read, problems, room, unsubscribe } of reading) {
    assert.deepEqual(
      read.map(({ text }) => text),
      history,
    );
    assert.deepEqual(problems, []);
    await until(() => room.timeline.get().items.length === TOTAL, "the whole history in the timeline");
    assert.deepEqual(
      room.timeline.get().items.map(({ text }) => text),
      history,
    );
    assert.equal(room.info.get().unreadCount, TOTAL);
    unsubscribe();
  }
});
