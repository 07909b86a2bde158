import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { health, simple } from "@confab/protocol";
import { type ClientReadableStream, type ServiceError, status } from "@grpc/grpc-js";
import { Collector, type Refusal, readRefusal, streamError, TestClient } from "./support/client.ts";
import { readStored } from "./support/journal-rows.ts";
import { runtimes } from "./support/runtimes.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "./support/server-process.ts";
import { eventually, within } from "./support/wait.ts";
import { SilentListener } from "./torture/listeners.ts";

const { sendMessage, receiveMessage, chat } = simple.ChatService.method;
const { createUser } = simple.UserService.method;
const { check, watch } = health.Health.method;
const ServingStatus = health.HealthCheckResponse_ServingStatus;
const LISTENERS = 200;
const BUSY_LISTENERS = 10;
const SENDS = 500;
/** Sign-ups hash passwords: these keep a server that drains busy for a second or so. */
const SLOW_CALLS = 60;
const MAX_RETRY_MS = 5_000;
/** It gives up on what hangs after 9 s; the rest is for a slow machine. A stalled stream ends by itself after 30 s. */
const MAX_EXIT_MS = 25_000;

for (const runtime of runtimes) {
  describe(`a server that gets a signal to stop, on ${runtime}`, { timeout: 600_000 }, () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      test(`on ${signal} health turns, the streams end with UNAVAILABLE, and it exits 0`, async (t) => {
        const dataDir = newFolder(t);
        await using server = await startServerProcess({ runtime, dataDir });
        using client = new TestClient(server.address);
        await client.unary(sendMessage, { userName: "ada", text: "the first" });
        const streams = openStreams(client, LISTENERS);
        const ends = streams.map(streamError);
        await Promise.all(streams.map((stream) => new Collector(stream).atLeast(1)));
        using watches = new HealthWatch(server.address, ["", "ChatService", "UserService"]);
        await eventually(() => watches.isEach(ServingStatus.SERVING), "SERVING");

        const signalledAtMs = performance.now();
        const exit = server.stop(signal);
        const refusals = (await within(Promise.all(ends), "end of every stream")).map(readRefusal);
        for (const { code, reason, retryAfterMs } of refusals) {
          assert.deepEqual([code, reason], [status.UNAVAILABLE, "SHUTTING_DOWN"]);
          assert.ok(retryAfterMs !== undefined && retryAfterMs >= 0 && retryAfterMs <= MAX_RETRY_MS);
        }
        assert.ok(new Set(refusals.map(({ retryAfterMs }) => retryAfterMs)).size > LISTENERS / 2);
        for (const error of await within(watches.ended, "end of every watch")) {
          assert.equal(readRefusal(error).reason, "SHUTTING_DOWN");
        }
        assert.ok(watches.isEach(ServingStatus.NOT_SERVING), "NOT_SERVING before the end");
        assert.equal(await within(exit, "exit"), 0);
        const tookMs = Math.round(performance.now() - signalledAtMs);
        t.diagnostic(`it took ${tookMs} ms`);
        assert.ok(tookMs < MAX_EXIT_MS, `it took ${tookMs} ms`);
        assert.ok(!existsSync(join(dataDir, "confab.db-wal")), "the log has been written back");
        assert.ok(!existsSync(join(dataDir, "confab.pid")));
      });
    }

    test("in the middle of sends each is answered or not stored, and the streams end with UNAVAILABLE too", async (t) => {
      const dataDir = newFolder(t);
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      await client.unary(sendMessage, { userName: "ada", text: "the first" });
      using listener = new TestClient(server.address);
      const streams = openStreams(listener, BUSY_LISTENERS);
      const ends = streams.map(streamError);
      await Promise.all(streams.map((stream) => new Collector(stream).atLeast(1)));

      const sends = Array.from({ length: SENDS }, (_, index) => trySend(client, `message ${index}`));
      await Promise.race(sends);
      const exit = server.stop("SIGTERM");
      const lateSends = Array.from({ length: SENDS }, (_, index) => trySend(client, `late ${index}`));
      const attempts = await within(Promise.all([...sends, ...lateSends]), "end of every call");
      for (const { code, reason } of (await within(Promise.all(ends), "end of every stream")).map(
        readRefusal,
      )) {
        assert.deepEqual([code, reason], [status.UNAVAILABLE, "SHUTTING_DOWN"]);
      }
      assert.equal(await within(exit, "exit"), 0);

      const answered = attempts.flatMap(({ text, refusal }) => (refusal ? [] : [text]));
      t.diagnostic(`${answered.length} of ${attempts.length} sends were answered`);
      for (const { refusal } of attempts) {
        if (refusal) assert.equal(refusal.code, status.UNAVAILABLE, JSON.stringify(refusal));
      }
      const stored = readStored(dataDir);
      assert.deepEqual(stored.problems, []);
      assert.deepEqual(stored.texts.toSorted(), ["the first", ...answered].toSorted());
    });

    test("Chat gives back all that it stored before the stop ends it", async (t) => {
      const dataDir = newFolder(t);
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      const stream = client.bidi(chat);
      const ended = streamError(stream);
      const received = new Collector(stream);
      for (let index = 0; index < SENDS; index++) {
        stream.write({ userName: "ada", text: `message ${index}` });
      }
      await received.atLeast(1);
      const exit = server.stop("SIGTERM");
      assert.equal(readRefusal(await within(ended, "end of the stream")).reason, "SHUTTING_DOWN");
      assert.equal(await within(exit, "exit"), 0);
      const { texts } = readStored(dataDir);
      t.diagnostic(`${texts.length} of ${SENDS} messages were stored`);
      assert.deepEqual(
        received.messages.map(({ text }) => text),
        texts,
      );
    });

    test("health is NOT_SERVING while calls are finished, and a new watch ends after saying so", async () => {
      await using server = await startServerProcess({ runtime });
      using client = new TestClient(server.address);
      using other = new TestClient(server.address);
      await other.unary(check, {});
      const slow = Array.from({ length: SLOW_CALLS }, (_, index) =>
        client.unary(createUser, { name: `user${index}`, password: `correct horse ${index}` }),
      );
      await Promise.race(slow);
      const exit = server.stop("SIGTERM");
      await eventually(() => server.log().includes("stopping"), "beginning of the stop");
      assert.equal((await other.unary(check, {})).status, ServingStatus.NOT_SERVING);
      const stream = other.serverStream(watch, {});
      const ended = streamError(stream);
      const [answer] = await new Collector(stream).atLeast(1);
      assert.equal(answer?.status, ServingStatus.NOT_SERVING);
      assert.equal(readRefusal(await within(ended, "end of the watch")).reason, "SHUTTING_DOWN");
      await Promise.allSettled(slow);
      assert.equal(await within(exit, "exit"), 0);
    });

    test("a client that reads late still reads why its streams ended", async () => {
      await using server = await startServerProcess({ runtime });
      using client = new TestClient(server.address);
      await client.unary(sendMessage, { userName: "ada", text: "the first" });
      using listener = new TestClient(server.address);
      const streams = openStreams(listener, 2);
      const ends = streams.map(streamError);
      await Promise.all(streams.map((stream) => new Collector(stream).atLeast(1)));
      for (const stream of streams) stream.pause();
      for (let sent = 0; sent < STALLING_TEXTS; sent++) {
        await client.unary(sendMessage, { userName: "ada", text: `${sent} ${"x".repeat(16_000)}` });
      }
      const exit = server.stop("SIGTERM");
      await eventually(() => server.log().includes("stopping"), "beginning of the stop");
      for (const stream of streams) stream.resume();
      for (const { code, reason } of (await within(Promise.all(ends), "end of every stream")).map(
        readRefusal,
      )) {
        assert.deepEqual([code, reason], [status.UNAVAILABLE, "SHUTTING_DOWN"]);
      }
      assert.equal(await within(exit, "exit"), 0);
    });

    test("a client that takes nothing does not keep it from stopping", async (t) => {
      await using server = await startServerProcess({ runtime });
      using _silent = await openStalled(server);
      const signalledAtMs = performance.now();
      assert.equal(await within(server.stop("SIGTERM"), "exit"), 0);
      const tookMs = Math.round(performance.now() - signalledAtMs);
      t.diagnostic(`it took ${tookMs} ms`);
      assert.ok(tookMs < MAX_EXIT_MS, `it took ${tookMs} ms`);
    });

    test("a second signal does not wait, and what was acknowledged is there all the same", async (t) => {
      const dataDir = newFolder(t);
      await using server = await startServerProcess({ runtime, dataDir });
      // The server waits 5 s for this one.
      using _silent = await openStalled(server);
      using client = new TestClient(server.address);
      await client.unary(sendMessage, { userName: "ada", text: "the last" });
      server.process.kill("SIGTERM");
      await eventually(() => server.log().includes("stopping"), "beginning of the stop");
      assert.equal(await within(server.stop("SIGTERM"), "exit"), 1);
      const { texts, problems } = readStored(dataDir);
      assert.deepEqual([texts.at(-1), problems], ["the last", []]);
    });
  });
}

/** Enough to fill every buffer between the server and a client that reads nothing. */
const STALLING_TEXTS = 40;

/** A stream that the server can't end politely: its client takes nothing. */
async function openStalled(server: ServerProcess): Promise<SilentListener> {
  using client = new TestClient(server.address);
  const text = "x".repeat(16_000);
  for (let sent = 0; sent < STALLING_TEXTS; sent++) {
    await client.unary(sendMessage, { userName: "ada", text: `${sent} ${text}` });
  }
  const silent = await SilentListener.open(server.address);
  await eventually(() => silent.waitingBytes > 0, "bytes that wait");
  return silent;
}

/** Half of them on ReceiveMessage, half on Chat. */
function openStreams(client: TestClient, count: number): ClientReadableStream<simple.Message>[] {
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? client.serverStream(receiveMessage, {}) : client.bidi(chat),
  );
}

function newFolder(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function trySend(client: TestClient, text: string): Promise<{ text: string; refusal: Refusal | null }> {
  try {
    await client.unary(sendMessage, { userName: "grace", text });
    return { text, refusal: null };
  } catch (error) {
    return { text, refusal: readRefusal(error as ServiceError) };
  }
}

/** Watches the health of several services. */
class HealthWatch implements Disposable {
  /** Resolves with the errors that end the watches. */
  readonly ended: Promise<ServiceError[]>;
  readonly #client: TestClient;
  readonly #latest = new Map<string, health.HealthCheckResponse_ServingStatus>();

  constructor(address: string, services: readonly string[]) {
    this.#client = new TestClient(address);
    const watches = services.map((service) => {
      this.#latest.set(service, ServingStatus.UNKNOWN);
      const stream = this.#client.serverStream(watch, { service });
      stream.on("data", (answer: health.HealthCheckResponse) => this.#latest.set(service, answer.status));
      return streamError(stream);
    });
    this.ended = Promise.all(watches);
  }

  isEach(expected: health.HealthCheckResponse_ServingStatus): boolean {
    return [...this.#latest.values()].every((latest) => latest === expected);
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}
