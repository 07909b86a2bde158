import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectOver, grpcTransport, type Transport } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { connectAs, numbers, roomOf, type Server, textsOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member" } } },
} as const;

/** Connects over a transport that records sends and answers in their order: `send`, `stored`, and reasons. */
async function connectRecording(server: Server<"ada" | "grace">, address: string) {
  const inner = grpcTransport(address, false);
  const log: string[] = [];
  const transport: Transport = {
    unary: (method, request, options) => inner.unary(method, request, options),
    reset: () => inner.reset(),
    close: () => inner.close(),
    connect(hello, options) {
      const stream = inner.connect(hello, options);
      return {
        frames: (async function* () {
          for await (const frames of stream.frames) {
            for (const { frame } of frames) {
              if (frame.case !== "result") continue;
              const { result } = frame.value;
              log.push(result.case === "error" ? result.value.reason : "stored");
            }
            yield frames;
          }
        })(),
        send(commandId, command, afterCommandId) {
          if (command.case === "sendMessage") log.push("send");
          stream.send(commandId, command, afterCommandId);
        },
      };
    },
  };
  const { refreshToken } = await server.signIn(server.users.grace.id);
  return { chat: await connectOver(transport, { refreshToken }), log };
}

/** Counts how often sends had to wait for an answer: a round trip begins with a send after answers. */
function roundTrips(log: readonly string[]): number {
  return log.filter((entry, index) => entry === "send" && log[index - 1] !== "send").length;
}

describe("the sends of a room over a slow link", () => {
  test("take one round trip together, and keep their order", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address, { delayMs: 50 });
    const { chat, log } = await connectRecording(server, proxy.address);
    await using _closing = chat;
    const room = roomOf(chat, server.rooms.engine);
    const stored = await Promise.all(numbers(40).map((text) => room.send(text)));
    assert.deepEqual(
      stored.map(({ seq, text }) => [seq, text]),
      numbers(40).map((text) => [Number(text), text]),
    );
    assert.equal(roundTrips(log), 1, log.join(" "));
  });

  test("after a final refusal in the middle take one more, and the others keep their order", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address, { delayMs: 50 });
    const { chat, log } = await connectRecording(server, proxy.address);
    await using _closing = chat;
    const room = roomOf(chat, server.rooms.engine);
    const sends = numbers(10).map((text) =>
      room
        .send(text, text === "4" ? { replyToSeq: 1_000 } : {})
        .catch((error: { reason: string }) => error.reason),
    );
    const outcomes = await Promise.all(sends);
    assert.equal(outcomes[3], "MESSAGE_NOT_FOUND");
    const order = ["1", "2", "3", "5", "6", "7", "8", "9", "10"];
    assert.deepEqual(textsOf(room), [...order, "4"], "the refused one stays, as failed");
    assert.equal(roundTrips(log), 2, log.join(" "));
    assert.equal(log.filter((entry) => entry === "AFTER_REFUSED").length, 6);
    await using ada = await connectAs(server, "ada");
    const there = roomOf(ada, server.rooms.engine);
    await there.loadOlder();
    assert.deepEqual(textsOf(there), order);
  });

  test("after a temporary refusal in the middle are sent again from there, in order", async () => {
    const settings = { rateLimits: "true", limitSend: "20/1" };
    await using server = await createTestServer({ seed, settings });
    await using proxy = await TcpProxy.open(server.address, { delayMs: 10 });
    const { chat, log } = await connectRecording(server, proxy.address);
    await using _closing = chat;
    const room = roomOf(chat, server.rooms.engine);
    const sending = Promise.all(numbers(60).map((text) => room.send(text)));
    await untilValue(room.timeline, () => log.includes("RATE_LIMITED"), "a refusal");
    const moving = setInterval(() => void server.clock.advance(500), 20);
    try {
      await sending;
    } finally {
      clearInterval(moving);
    }
    assert.deepEqual(textsOf(room), numbers(60));
  });
});
