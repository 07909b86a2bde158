import assert from "node:assert/strict";
import { test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { Collector, readRefusal, refusalOf, streamError, TestClient } from "../support/client.ts";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { send } from "../support/messages.ts";

const { sendMessage, receiveMessage, chat } = simple.ChatService.method;
const { sendMessage: sendToRoom, listMessages } = v1.ChatService.method;
const { getServerInfo } = v1.AuthService.method;

const seed = { users: { ada: {} }, rooms: { engine: { owner: "ada" } } } as const;

test("dropAnswer: the third answer is lost though the message is stored, and repeating the send finds it", async () => {
  const faults = { dropAnswer: { method: "SendMessage", at: 3 } };
  await using server = await createTestServer({ seed, faults });
  using client = new TestClient(server.address);
  const ada = { token: server.users.ada.accessToken };
  const roomId = server.rooms.engine.id;
  const send = (text: string) =>
    client.unary(sendToRoom, { roomId, text, clientMessageId: `id of ${text}` }, ada);

  await send("one");
  assert.equal((await refusalOf(send(""))).reason, "TEXT_EMPTY");
  await send("two");
  const { code, reason, message } = await refusalOf(send("three"));
  assert.deepEqual([code, reason], [status.UNAVAILABLE, "STORAGE_ERROR"]);
  assert.match(message, /a fault of this test/);
  const again = await send("three");
  assert.deepEqual([again.duplicate, again.message?.seq], [true, 3n]);
  const { messages } = await client.unary(listMessages, { roomId }, ada);
  assert.deepEqual(
    messages.map(({ text }) => text),
    ["three", "two", "one"],
  );
});

test("cutStreams: each stream ends after this many responses, and the next one goes on", async () => {
  await using server = await createTestServer({ faults: { cutStreams: { afterFrames: 2 } } });
  using client = new TestClient(server.address);
  const stream = client.serverStream(receiveMessage, {});
  const heard = new Collector(stream);
  const ended = streamError(stream);
  for (const text of ["one", "two", "three"]) await client.unary(sendMessage, { userName: "a guest", text });
  const { code, reason } = readRefusal(await ended);
  assert.deepEqual([code, reason], [status.UNAVAILABLE, "SHUTTING_DOWN"]);
  assert.deepEqual(textsOf(heard.messages), ["one", "two"]);

  const next = client.bidi(chat);
  const heardNext = new Collector(next);
  const nextEnded = streamError(next);
  next.write({ userName: "a guest", text: "four" });
  assert.equal(readRefusal(await nextEnded).reason, "SHUTTING_DOWN");
  assert.deepEqual(textsOf(heardNext.messages), ["one", "two"]);
});

test("delayStore: answers come late, of the operations that it names or of all", async () => {
  // Far longer than a quick answer takes on a slow and busy machine.
  const DELAY_MS = 3_000;
  const someSlow = { delayStore: { ms: DELAY_MS, operations: ["appendMessages"] } } as const;
  await using server = await createTestServer({ seed, faults: someSlow });
  using client = new TestClient(server.address);
  const ada = { token: server.users.ada.accessToken };
  const request = { roomId: server.rooms.engine.id };
  const [slowMs, quickMs] = await timesOf(
    client.unary(sendMessage, { userName: "a guest", text: "slow" }),
    client.unary(listMessages, request, ada),
  );
  assert.ok(slowMs >= DELAY_MS - 5 && quickMs < slowMs, `${slowMs} ms, ${quickMs} ms`);

  await using slow = await createTestServer({ seed, faults: { delayStore: { ms: DELAY_MS } } });
  using other = new TestClient(slow.address);
  const asAda = { token: slow.users.ada.accessToken };
  const room = { roomId: slow.rooms.engine.id };
  const [listMs, infoMs] = await timesOf(
    other.unary(listMessages, room, asAda),
    other.unary(getServerInfo, {}),
  );
  assert.ok(listMs >= DELAY_MS - 5 && infoMs < listMs, `${listMs} ms, ${infoMs} ms`);
});

test("dropBusEvents: who listens is sent what was lost, in its place", async () => {
  await using server = await createTestServer({ faults: { dropBusEvents: { at: [2, 3] } } });
  using client = new TestClient(server.address);
  const stream = client.serverStream(receiveMessage, {});
  const heard = new Collector(stream);
  const send = (text: string) => client.unary(sendMessage, { userName: "a guest", text });
  await send("one");
  await heard.atLeast(1);
  for (const text of ["two", "three"]) await send(text);
  assert.deepEqual(textsOf(heard.messages), ["one"]);
  await send("four");
  await heard.until(({ text }) => text === "four");
  assert.deepEqual(textsOf(heard.messages), ["one", "two", "three", "four"]);
  stream.cancel();
});

test("on Connect, a lost answer and a cut stream are made good by resuming and sending again", async () => {
  const faults = { dropAnswer: { method: "SendMessage", at: 2 }, cutStreams: { afterFrames: 6 } };
  await using server = await createTestServer({ seed, faults });
  using client = new TestClient(server.address);
  const ada = { token: server.users.ada.accessToken };
  const roomId = server.rooms.engine.id;
  const replicas = new Replicas();
  const unanswered = ["one", "two", "three", "four", "five"];
  const ends: (string | undefined)[] = [];
  let frames = 0;
  while (unanswered.length > 0) {
    using reader = await LiveReader.open(client, ada, { replicas });
    for (const text of unanswered) reader.send(text, { roomId, text, clientMessageId: text });
    await reader.until(() => reader.results.length === unanswered.length).catch(() => {});
    for (const { commandId } of reader.results) unanswered.splice(unanswered.indexOf(commandId), 1);
    const end = unanswered.length > 0 ? await reader.ended : null;
    if (end) {
      ends.push(end.reason);
      frames = Math.max(frames, reader.frames.length);
    }
  }
  assert.deepEqual(new Set(ends), new Set(["STORAGE_ERROR", "SHUTTING_DOWN"]));
  assert.equal(frames, 6);
  using last = new LiveReader(client, ada, { replicas });
  await last.until(() => replicas.get(roomId).messages.size === 5);
  const heard = replicas.heard.map(({ seq }) => replicas.get(roomId).messages.get(seq)?.text);
  assert.deepEqual(heard, ["one", "two", "three", "four", "five"]);
  assert.deepEqual(replicas.problems, []);
});

test("on Connect, what the bus has lost comes in its place, and a slow store loses nothing", async () => {
  const faults = { dropBusEvents: { at: [2, 3] }, delayStore: { ms: 50 } };
  await using server = await createTestServer({ seed, faults });
  using client = new TestClient(server.address);
  const ada = { token: server.users.ada.accessToken };
  const room = server.rooms.engine;
  using reader = await LiveReader.open(client, ada);
  for (const text of ["one", "two", "three", "four"]) await send(client, { room, from: ada }, text);
  await reader.until(() => reader.replicas.heard.length === 4);
  assert.deepEqual(
    reader.replicas.heard.map(({ seq }) => seq),
    [1n, 2n, 3n, 4n],
  );
  assert.deepEqual(reader.replicas.problems, []);
});

function textsOf(messages: readonly simple.Message[]): readonly string[] {
  return messages.map(({ text }) => text);
}

/** Gives how long each of two calls takes that begin together. */
async function timesOf(one: Promise<unknown>, other: Promise<unknown>): Promise<readonly [number, number]> {
  const startedAtMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedAtMs;
  return Promise.all([one.then(elapsedMs), other.then(elapsedMs)]);
}
