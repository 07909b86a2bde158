import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { readRefusal, streamError, TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { listen, register } from "../support/people.ts";
import { makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { eventually, within } from "../support/wait.ts";
import { WebChannel, webProtocols } from "../support/web-channel.ts";
import { envelope, envelopes, refusalAtEnd, WebPort } from "../support/web-request.ts";

const SUBSCRIBE = "/confab.v1.ChatService/Subscribe";
const CONNECT_JSON = "application/connect+json";
const MAX_STREAMS = 3;
const { sendMessage, subscribe } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`streams on the web port on ${runtime}`, async () => {
    const env = { CONFAB_MAX_STREAMS_PER_USER: String(MAX_STREAMS) };
    const { server, client } = await forSuite(startServerProcess({ runtime, env }));
    const web = new WebPort(server);
    const ada = await register(client, "ada");
    const room = await makeRoom(client, ada);
    const clientOver = (protocol: (typeof webProtocols)[number]) =>
      new TestClient(new WebChannel(server, protocol));
    const send = (clientMessageId: string) =>
      client.unary(sendMessage, { roomId: room.id, clientMessageId, text: clientMessageId }, ada);

    for (const protocol of webProtocols) {
      test(`over ${protocol} the headers come at once, even if nothing else does`, async () => {
        using over = clientOver(protocol);
        const beganAtMs = performance.now();
        const stream = await listen(over, {});
        assert.ok(performance.now() - beganAtMs < 10_000);
        stream.on("error", () => {}).cancel();
      });

      test(`over ${protocol} a subscriber misses nothing, before and after it resumes`, async () => {
        using over = clientOver(protocol);
        const first = await LiveReader.open(over, ada, { isSubscriber: true });
        for (let count = 0; count < 50; count++) await send(`${protocol} ${count}`);
        const { replicas } = first;
        const has = (count: number) => () =>
          replicas.heard.filter(({ roomId }) => roomId === room.id).length === count;
        await first.until(has(50), "50 messages");
        first[Symbol.dispose]();
        for (let count = 50; count < 100; count++) await send(`${protocol} ${count}`);
        using second = await LiveReader.open(over, ada, { isSubscriber: true, replicas });
        await second.until(has(100), "100 messages");
        assert.deepEqual(replicas.problems, []);
        const texts = [...replicas.get(room.id).messages.values()].map(({ text }) => text).slice(-100);
        assert.deepEqual(
          texts,
          Array.from({ length: 100 }, (_, index) => `${protocol} ${index}`),
        );
      });

      test(`over ${protocol} streams count with those of gRPC, and an aborted one frees its place at once`, async () => {
        using over = clientOver(protocol);
        const grpc = await LiveReader.open(client, ada);
        const open = async () => LiveReader.open(over, ada, { isSubscriber: true });
        const readers = await Promise.all([open(), open()]);
        const refused = readRefusal(await streamError(over.serverStream(subscribe, {}, ada).resume()));
        assert.deepEqual([refused.code, refused.reason], [status.RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS"]);
        assert.ok(refused.retryAfterMs);
        for (const reader of readers) reader[Symbol.dispose]();
        const abortedAtMs = performance.now();
        await eventually(async () => {
          const next = await open().catch(() => null);
          next?.[Symbol.dispose]();
          return next !== null;
        }, "place for another stream");
        assert.ok(performance.now() - abortedAtMs < 10_000, "an aborted stream keeps its place");
        grpc[Symbol.dispose]();
      });
    }

    test("requests that are no single envelope are refused", async () => {
      const compressed = envelope("{}", 1);
      const cases = [
        ["", "REQUEST_COUNT", "unimplemented"],
        [Buffer.concat([envelope("{}"), envelope("{}")]), "REQUEST_COUNT", "unimplemented"],
        [compressed, "COMPRESSION_UNKNOWN", "unimplemented"],
        [envelope("{}", 2), "REQUEST_MALFORMED", "invalid_argument"],
        [envelope("{}").subarray(0, 6), "REQUEST_MALFORMED", "invalid_argument"],
        [envelope("{}").subarray(0, 3), "REQUEST_MALFORMED", "invalid_argument"],
        [Buffer.from([0, 255, 255, 255, 255, 1]), "REQUEST_MALFORMED", "invalid_argument"],
        [envelope("{"), "REQUEST_MALFORMED", "invalid_argument"],
        [envelope(" ".repeat(512 * 1024 + 1)), "REQUEST_TOO_LARGE", "resource_exhausted"],
      ] as const;
      for (const [body, reason, code] of cases) {
        const answer = await web.request(SUBSCRIBE, { type: CONNECT_JSON, token: ada.token, body });
        const refusal = refusalAtEnd(answer);
        assert.deepEqual([answer.status, refusal.reason, refusal.code], [200, reason, code]);
        assert.equal(answer.headers.get("content-type"), CONNECT_JSON);
      }
    });

    test("a call in JSON that should be a stream is told so", async () => {
      const answer = await web.json(SUBSCRIBE, {}, ada.token);
      assert.equal(answer.status, 415);
      assert.match(answer.headers.get("accept-post") ?? "", /application\/connect\+json/);
      assert.equal((await web.request(SUBSCRIBE, { method: "GET", token: ada.token })).status, 405);
    });

    test("a stream that is finished ends with its envelope in each format", async () => {
      const path = "/UserService/GetUsers";
      const inJson = await web.request(path, { type: CONNECT_JSON, token: ada.token, body: envelope("{}") });
      const [user, end] = envelopes(inJson.body);
      assert.equal((JSON.parse(user?.text ?? "") as { name: string }).name, "ada");
      assert.deepEqual(end, { flags: 2, text: "{}" });
      const grpcWeb = { type: "application/grpc-web", token: ada.token, body: envelope("") };
      const inProto = envelopes((await web.request(path, grpcWeb)).body);
      assert.deepEqual(inProto[1], { flags: 0x80, text: "grpc-status: 0\r\n" });

      const type = "application/grpc-web-text";
      const body = envelope("").toString("base64");
      const inText = await web.request(path, { type, token: ada.token, body });
      assert.equal(inText.headers.get("content-type"), "application/grpc-web-text+proto");
      const decoded = inText.body.toString().match(/[^=]+=*/g) ?? [];
      const bytes = Buffer.concat(decoded.map((part) => Buffer.from(part, "base64")));
      assert.deepEqual(envelopes(bytes), inProto);
      const unary = envelope(
        toBinary(v1.GetServerInfoRequestSchema, create(v1.GetServerInfoRequestSchema)) as Buffer,
      );
      const info = await web.request("/confab.v1.AuthService/GetServerInfo", {
        type,
        body: unary.toString("base64"),
      });
      assert.equal(envelopes(Buffer.from(info.body.toString(), "base64")).at(-1)?.text, "grpc-status: 0\r\n");
    });

    test("the end of a session ends its streams", async () => {
      const bob = await register(client, "bob");
      using over = clientOver("connect");
      const reader = await LiveReader.open(over, bob, { isSubscriber: true });
      await client.unary(v1.AuthService.method.deleteSession, { sessionId: bob.sessionId }, bob);
      assert.equal((await within(reader.ended, "end of the stream"))?.reason, "SESSION_REVOKED");
    });
  });

  describe(`a server that stops, on ${runtime}`, () => {
    test("streams of the web port get Drain and then SHUTTING_DOWN, and it exits 0 soon", async () => {
      await using server = await startServerProcess({ runtime });
      using client = new TestClient(server.address);
      const ada = await register(client, "ada");
      const readers = await Promise.all(
        webProtocols.map((protocol) => {
          const over = new TestClient(new WebChannel(server, protocol));
          return LiveReader.open(over, ada, { isSubscriber: true });
        }),
      );
      const lobby = await listen(new TestClient(new WebChannel(server, "connect")), {});
      const lobbyEnd = streamError(lobby.resume());
      client[Symbol.dispose]();
      const stoppedAtMs = performance.now();
      const exit = server.stop("SIGTERM");
      for (const reader of readers) {
        const end = await within(reader.ended, "end of the stream");
        assert.deepEqual([end?.reason, reader.drain !== null], ["SHUTTING_DOWN", true]);
      }
      assert.equal(readRefusal(await lobbyEnd).reason, "SHUTTING_DOWN");
      assert.equal(await within(exit, "exit"), 0);
      assert.ok(performance.now() - stoppedAtMs < 25_000, "it took too long");
    });
  });
}
