import assert from "node:assert/strict";
import { connect as connectHttp2 } from "node:http2";
import { describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { Collector, refusalOf, TestClient } from "../support/client.ts";
import { operatorClient, register } from "../support/people.ts";
import { rawCall } from "../support/raw-call.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { eventually, within } from "../support/wait.ts";

const { sendMessage, receiveMessage } = simple.ChatService.method;
const { getUser } = v1.UserService.method;
const { getServerInfo } = v1.AuthService.method;
const { createServiceKey } = v1.AdminService.method;

const me = { key: { case: "userId", value: "me" } } as const;
const DAY_MS = 24 * 3_600_000;
/** The log has at most this many entries of grpc-js in each interval. */
const MAX_LOG_ENTRIES = 10;
const LOG_INTERVAL_MS = 10_000;
const SECRET = "c2VjcmV0";
/** Values of a header that no gRPC library sends. Blanks at either end and control characters never arrive. */
const malformed = ["", `Bearer\t${SECRET}`, `Bearer ${SECRET}é`, `Bearer ${SECRET}\u00a0`, `${SECRET}é`];

for (const runtime of runtimes) {
  describe(`headers on ${runtime}`, async () => {
    const env = { CONFAB_LOG_LEVEL: "debug" };
    const { server, client } = await forSuite(startServerProcess({ runtime, env }));
    const startedAtMs = performance.now();
    const ada = await register(client, "ada");
    using operator = operatorClient(server);
    const { key: serviceKey } = await operator.unary(createServiceKey, { name: "back.end" });

    const call = (...headers: [string, string][]) => rawCall(server.address, getServerInfo, {}, { headers });
    const send = (text: string, ...headers: [string, string][]) =>
      rawCall(server.address, sendMessage, { userName: "guest", text }, { headers });

    async function lobby(): Promise<string[]> {
      const stream = client.serverStream(receiveMessage, {});
      const heard = new Collector(stream);
      await client.unary(sendMessage, { userName: "guest", text: "the last" });
      const messages = await heard.until(({ text }) => text === "the last");
      stream.cancel();
      return messages.map(({ text }) => text);
    }

    test("a malformed token is refused on every RPC, also where guests or anyone may call", async () => {
      for (const value of malformed) {
        for (const answer of [
          await call(["authorization", value]),
          await send("never stored", ["authorization", value]),
          await rawCall(server.address, getUser, me, { headers: [["authorization", value]] }),
        ]) {
          const { code, reason } = answer;
          assert.deepEqual([code, reason], [status.UNAUTHENTICATED, "TOKEN_INVALID"], JSON.stringify(value));
        }
      }
      const good: [string, string] = ["authorization", `Bearer ${ada.token}`];
      for (const second of [good, ["authorization", ""], ["authorization", "Basic x"]] as const) {
        for (const headers of [
          [good, second],
          [second, good],
        ] as [string, string][][]) {
          assert.equal((await call(...headers)).reason, "TOKEN_INVALID");
        }
      }
      assert.equal((await call(["authorization", "Basic YTpi"])).reason, "TOKEN_INVALID");
      assert.ok(!(await lobby()).includes("never stored"));
    });

    test("a well-formed token that is no good is no token where anyone may call", async () => {
      assert.equal((await call(["authorization", "Bearer expired"])).code, status.OK);
      assert.equal((await call(["authorization", `Bearer ${ada.token}`])).code, status.OK);
    });

    test("a malformed `x-confab-act-as` is refused, and the call is not the service's own", async () => {
      const key: [string, string] = ["authorization", `Bearer ${serviceKey}`];
      const actAs = (value: string): [string, string] => ["x-confab-act-as", value];
      for (const headers of [
        ...["", "a\tb", `${ada.id}é`].map((value) => [actAs(value)]),
        [actAs(ada.id), actAs(ada.id)],
      ]) {
        for (const answer of [
          await rawCall(server.address, getUser, me, { headers: [key, ...headers] }),
          await call(key, ...headers),
          await call(...headers),
        ]) {
          const { code, reason, field } = answer;
          assert.deepEqual(
            [code, reason, field],
            [status.INVALID_ARGUMENT, "FIELD_INVALID", "x-confab-act-as"],
            JSON.stringify(headers),
          );
        }
      }
      const headers = [key, actAs(ada.id)];
      assert.equal((await rawCall(server.address, getUser, me, { headers })).code, status.OK);
    });

    test("the log names illegal headers at debug, and has nothing of their values", async () => {
      await Promise.all(Array.from({ length: 50 }, () => call(["x-note", `${SECRET}é`])));
      await eventually(() => server.log().includes("metadata entry x-note"), "entry of the header");
      const entries = server.log().split("\n");
      for (const entry of entries.slice(0, -1)) assert.ok(JSON.parse(entry).level, entry);
      assert.ok(!server.log().includes(SECRET));
      assert.ok(!server.log().includes(ada.token));
      const named = entries.filter((entry) => entry.includes("grpc-js: Failed to add metadata entry"));
      const intervals = 1 + Math.ceil((performance.now() - startedAtMs) / LOG_INTERVAL_MS);
      assert.ok(named.length <= MAX_LOG_ENTRIES * intervals, `${named.length} entries`);
      assert.ok(named.every((entry) => JSON.parse(entry).level === "debug"));
    });

    test("what is not gRPC gets HTTP 415, and nothing takes effect", async () => {
      const text = "never stored";
      const request = { userName: "guest", text };
      for (const contentType of [
        ...["application/grpc-web", "application/grpc-web+proto", "application/grpc-web-text"],
        ...["application/grpcx", "application/json", "text/plain", ""],
      ]) {
        const { httpStatus } = await rawCall(server.address, sendMessage, request, { contentType });
        assert.equal(httpStatus, 415, contentType);
      }
      assert.ok(!(await lobby()).includes(text));
      for (const contentType of ["application/grpc+proto", "application/grpc;charset=utf-8"]) {
        const answer = await rawCall(server.address, sendMessage, request, { contentType });
        assert.deepEqual([answer.httpStatus, answer.code], [200, status.OK], contentType);
      }
    });

    test("deadlines of 25 days and more leave unary calls and streams their time", async () => {
      for (const days of [1, 24, 25, 30, 49, 50, 365, 36_500]) {
        const options = { deadline: Date.now() + days * DAY_MS };
        using other = new TestClient(server.address);
        const stream = other.serverStream(receiveMessage, {}, options);
        const heard = new Collector(stream);
        const text = `${days} days`;
        await other.unary(sendMessage, { userName: "guest", text }, options);
        await heard.until((message) => message.text === text);
        stream.cancel();
      }
      for (const timeout of ["99999999H", "99999999M", "99999999S", "2147484S", "123456789H", "99999999m"]) {
        assert.equal((await call(["grpc-timeout", timeout])).code, status.OK, timeout);
      }
      assert.equal((await call(["grpc-timeout", "0S"])).code, status.DEADLINE_EXCEEDED);
    });

    test("headers over 16 KiB end their own call, and the connection's other streams go on", async () => {
      const session = connectHttp2(`http://${server.address}`);
      try {
        const listening = session.request({
          ...{ ":method": "POST", ":path": "/ChatService/ReceiveMessage" },
          ...{ "content-type": "application/grpc", te: "trailers" },
        });
        listening.end(Buffer.alloc(5));
        await within(new Promise((resolve) => listening.once("response", resolve)), "headers");
        assert.equal(session.remoteSettings.maxHeaderListSize, 16 * 1024);
        for (const length of [17_000, 60_000]) {
          const code = await within(resetOf(session, "x".repeat(length)), "end of the call");
          assert.equal(code, 11, "ENHANCE_YOUR_CALM, which is RESOURCE_EXHAUSTED in gRPC");
        }
        const heard = within(new Promise((resolve) => listening.once("data", resolve)), "message");
        await client.unary(sendMessage, { userName: "guest", text: "still there" });
        await heard;
        assert.ok(!listening.closed);
      } finally {
        session.destroy();
      }
      await refusalOf(client.unary(getServerInfo, {}, { metadata: { "x-big": "x".repeat(17_000) } }));
      assert.equal((await call(["x-big", "x".repeat(15_000)])).code, status.OK);
    });
  });
}

/** Calls with one large header, and resolves with the code that the call is reset with. */
function resetOf(session: ReturnType<typeof connectHttp2>, value: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const stream = session.request({
      ...{ ":method": "POST", ":path": "/ChatService/SendMessage" },
      ...{ "content-type": "application/grpc", te: "trailers", "x-big": value },
    });
    stream.on("error", () => {});
    stream.on("close", () => resolve(stream.rstCode));
  });
}
