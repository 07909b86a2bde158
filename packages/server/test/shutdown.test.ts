import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { simple } from "@confab/protocol";
import {
  type Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { protoPath as healthProto } from "grpc-health-check";
import { Collector, type Refusal, readRefusal, streamError, TestClient } from "./support/client.ts";
import { readStored } from "./support/journal-rows.ts";
import { eventually, within } from "./support/load.ts";
import { runtimes } from "./support/runtimes.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "./support/server-process.ts";
import { SilentListener } from "./torture/listeners.ts";

const { sendMessage, receiveMessage, chat } = simple.ChatService.method;
const { createUser } = simple.UserService.method;
const LISTENERS = 200;
const BUSY_LISTENERS = 10;
const SENDS = 500;
/** Sign-ups hash passwords: these keep a server that drains busy for a second or so. */
const SLOW_CALLS = 60;
const MAX_RETRY_MS = 5_000;
const MAX_EXIT_MS = 10_000;

for (const runtime of runtimes) {
  describe(`a server that is told to stop, on ${runtime}`, { timeout: 60_000 }, () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      test(`on ${signal} health turns, the streams end with UNAVAILABLE, and it exits 0`, async (t) => {
        const dataDir = newFolder(t);
        await using server = await startServerProcess({ runtime, dataDir });
        using client = new TestClient(server.address);
        await client.unary(sendMessage, { userName: "ada", text: "the first" });
        const streams = openStreams(client, LISTENERS);
        const ends = streams.map(streamError);
        await Promise.all(streams.map((stream) => new Collector(stream).atLeast(1)));
        using health = new HealthWatch(server.address, ["", "ChatService", "UserService"]);
        await eventually(() => health.isEach("SERVING"), "SERVING");

        const signalledAtMs = performance.now();
        const exit = server.stop(signal);
        const refusals = (await within(Promise.all(ends), "end of every stream")).map(readRefusal);
        for (const { code, reason, retryAfterMs } of refusals) {
          assert.deepEqual([code, reason], [status.UNAVAILABLE, "SHUTTING_DOWN"]);
          assert.ok(retryAfterMs !== undefined && retryAfterMs >= 0 && retryAfterMs <= MAX_RETRY_MS);
        }
        assert.ok(new Set(refusals.map(({ retryAfterMs }) => retryAfterMs)).size > LISTENERS / 2);
        await eventually(() => health.isEach("NOT_SERVING"), "NOT_SERVING");
        assert.equal(await within(exit, "exit"), 0);
        const tookMs = Math.round(performance.now() - signalledAtMs);
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

    test("a client that takes nothing does not keep it from stopping", async () => {
      await using server = await startServerProcess({ runtime });
      using _silent = await openStalled(server);
      const signalledAtMs = performance.now();
      assert.equal(await within(server.stop("SIGTERM"), "exit"), 0);
      assert.ok(performance.now() - signalledAtMs < MAX_EXIT_MS);
    });

    test("a second signal does not wait, and what was acknowledged is there all the same", async (t) => {
      const dataDir = newFolder(t);
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      await client.unary(sendMessage, { userName: "ada", text: "the first" });
      for (let index = 0; index < SLOW_CALLS; index++) {
        client
          .unary(createUser, { name: `user${index}`, password: `correct horse ${index}` })
          .catch(() => {});
      }
      await client.unary(sendMessage, { userName: "ada", text: "the second" });
      server.process.kill("SIGTERM");
      await eventually(() => server.log().includes("stopping"), "beginning of the stop");
      assert.equal(await within(server.stop("SIGTERM"), "exit"), 1);
      const stored = readStored(dataDir);
      assert.deepEqual(stored, { texts: ["the first", "the second"], problems: [] });
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

/** Watches `grpc.health.v1.Health` for several services. */
class HealthWatch implements Disposable {
  readonly #client: Client;
  readonly #latest = new Map<string, string>();

  constructor(address: string, services: readonly string[]) {
    const { grpc } = loadPackageDefinition(loadSync(healthProto, { enums: String })) as unknown as {
      grpc: { health: { v1: { Health: ServiceClientConstructor } } };
    };
    this.#client = new grpc.health.v1.Health(address, credentials.createInsecure());
    const { watch } = this.#client as unknown as {
      watch(request: { service: string }): ClientReadableStream<{ status: string }>;
    };
    for (const service of services) {
      this.#latest.set(service, "");
      const stream = watch.call(this.#client, { service });
      stream.on("data", (answer: { status: string }) => this.#latest.set(service, answer.status));
      stream.on("error", () => {});
    }
  }

  isEach(expected: string): boolean {
    return [...this.#latest.values()].every((latest) => latest === expected);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
