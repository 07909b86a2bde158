import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { v1 } from "@confab/protocol";
import { register } from "../support/people.ts";
import { makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { refusalIn, WebPort } from "../support/web-request.ts";

const AUTH = "/confab.v1.AuthService";
const CHAT = "/confab.v1.ChatService";
const JSON_TYPE = "application/json";
const MAX_BYTES = 64 * 1024;
const { sendMessage } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`unary calls on the web port on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const web = new WebPort(server);
    const ada = await register(client, "ada");
    const room = await makeRoom(client, ada);
    const send = (clientMessageId: string, text: string) =>
      web.json(`${CHAT}/SendMessage`, { roomId: room.id, clientMessageId, text }, ada.token);

    test("JSON signs in, sends and lists; both contracts answer", async () => {
      const signedIn = await web.json(`${AUTH}/CreateSession`, {
        password: { handle: "ada", password: "correct horse battery" },
      });
      assert.equal(signedIn.headers.get("content-type"), "application/json");
      const { accessToken } = JSON.parse(signedIn.body.toString()) as { accessToken: string };
      const sent = await web.json(
        `${CHAT}/SendMessage`,
        { roomId: room.id, clientMessageId: "first", text: "héllo" },
        accessToken,
      );
      assert.equal(sent.status, 200);
      const listed = await web.json(`${CHAT}/ListMessages`, { roomId: room.id }, accessToken);
      assert.equal(listed.headers.get("cache-control"), "no-store");
      const { messages } = JSON.parse(listed.body.toString()) as { messages: readonly { text: string }[] };
      assert.deepEqual(
        messages.map(({ text }) => text),
        ["héllo"],
      );
      const simple = await web.json("/ChatService/SendMessage", { userName: "Eve", text: "hi" });
      assert.deepEqual(JSON.parse(simple.body.toString()), { userName: "Eve", text: "hi" });
    });

    test("methods without side effects answer GET, in JSON and in protobuf, and no others do", async () => {
      const get = (path: string, query: Readonly<Record<string, string>>, token = ada.token) =>
        web.request(`${path}?${new URLSearchParams(query).toString()}`, { method: "GET", token });
      const message = JSON.stringify({ roomId: room.id });
      const base64 = Buffer.from(message).toString("base64url");
      const inText = await get(`${CHAT}/ListMessages`, { encoding: "json", message, connect: "v1" });
      const inBase64 = await get(`${CHAT}/ListMessages`, { encoding: "json", message: base64, base64: "1" });
      assert.deepEqual([inText.status, inBase64.body.toString()], [200, inText.body.toString()]);
      assert.notEqual(inText.headers.get("connection"), "close");
      const info = await get(`${AUTH}/GetServerInfo`, { encoding: "proto", message: "" });
      assert.deepEqual([info.status, info.headers.get("content-type")], [200, "application/proto"]);

      const bare = await web.request(`${AUTH}/GetServerInfo?encoding=json`, { method: "GET" });
      assert.ok("version" in (JSON.parse(bare.body.toString()) as object));
      // RFC 3986, section 3.4: a query may contain question marks.
      const asking = `encoding=json&message=${JSON.stringify({ roomId: room.id, other: "?" })}`;
      const asked = await web.request(`${CHAT}/ListMessages?${asking}`, { method: "GET", token: ada.token });
      assert.deepEqual([asked.status, asked.body.toString()], [200, inText.body.toString()]);
      for (const { headers } of [inText, bare]) assert.notEqual(headers.get("connection"), "close");

      const sent = await get(`${CHAT}/SendMessage`, { encoding: "json", message });
      assert.deepEqual([sent.status, sent.headers.get("allow")], [405, "POST"]);
      assert.equal((await get(`${CHAT}/ListMessages`, { message })).status, 415);
      for (const [query, reason, field] of [
        [{ encoding: "json", message, connect: "v2" }, "FIELD_INVALID", "connect"],
        [{ encoding: "json", message: "!", base64: "1" }, "REQUEST_MALFORMED", undefined],
        [{ encoding: "json", message: "{" }, "REQUEST_MALFORMED", undefined],
        [{ encoding: "json", message, compression: "br" }, "COMPRESSION_UNKNOWN", undefined],
      ] as const) {
        const refusal = refusalIn(await get(`${CHAT}/ListMessages`, query));
        assert.deepEqual([refusal.reason, refusal.field], [reason, field]);
      }
      const nobody = await web.request(`${CHAT}/ListMessages?encoding=json&message=%7B%7D`, {
        method: "GET",
      });
      assert.notEqual(nobody.headers.get("connection"), "close");
      assert.deepEqual([nobody.status, refusalIn(nobody).reason], [401, "SIGN_IN_REQUIRED"]);
    });

    test("requests come in gzip, and long answers go in it to clients that take it", async () => {
      const body = gzipSync(
        JSON.stringify({ roomId: room.id, clientMessageId: "zip", text: "z".repeat(9_000) }),
      );
      const headers = { "content-encoding": "gzip", "accept-encoding": "gzip" };
      const options = { type: JSON_TYPE, token: ada.token, headers };
      const sent = await web.request(`${CHAT}/SendMessage`, { ...options, body });
      assert.deepEqual([sent.status, sent.headers.get("content-encoding")], [200, "gzip"]);
      assert.equal(
        (JSON.parse(sent.body.toString()) as { message: { text: string } }).message.text.length,
        9_000,
      );
      const plain = await web.request(`${CHAT}/SendMessage`, {
        ...options,
        headers: { "content-encoding": "gzip", "accept-encoding": "gzip;q=0, identity" },
        body,
      });
      assert.equal(plain.headers.get("content-encoding"), null);

      const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024, " "));
      for (const [encoding, bytes, status, reason] of [
        ["gzip", bomb, 429, "REQUEST_TOO_LARGE"],
        ["gzip", Buffer.from("{}"), 400, "REQUEST_MALFORMED"],
        ["br", Buffer.from("{}"), 501, "COMPRESSION_UNKNOWN"],
      ] as const) {
        const sentSo = { ...options, headers: { "content-encoding": encoding }, body: bytes };
        const answer = await web.request(`${CHAT}/SendMessage`, sentSo);
        assert.deepEqual([answer.status, refusalIn(answer).reason], [status, reason]);
      }
    });

    test("a refusal has its code, its reason, its field and the request's name in the log", async () => {
      const cases = [
        [{}, 400, "invalid_argument", "FIELD_REQUIRED", "room_id"],
        [{ roomId: 5 }, 400, "invalid_argument", "REQUEST_MALFORMED", "room_id"],
        [{ text: "half a pair: \ud800" }, 400, "invalid_argument", "REQUEST_MALFORMED", "text"],
        [{ roomId: "no", clientMessageId: "1", text: "x" }, 404, "not_found", "ROOM_NOT_FOUND", undefined],
        ["x", 400, "invalid_argument", "REQUEST_MALFORMED", undefined],
      ] as const;
      for (const [message, status, code, reason, field] of cases) {
        const answer = await web.json(`${CHAT}/SendMessage`, message, ada.token);
        const refusal = refusalIn(answer);
        assert.deepEqual(
          [answer.status, refusal.code, refusal.reason, refusal.field],
          [status, code, reason, field],
        );
        assert.match(answer.headers.get("x-request-id") ?? "", /^[\da-f-]{36}$/);
      }
      for (const body of ["{", "", Buffer.from([0x22, 0xff, 0x22]), "[".repeat(60_000)]) {
        const answer = await web.request(`${CHAT}/SendMessage`, { type: JSON_TYPE, token: ada.token, body });
        assert.deepEqual([answer.status, refusalIn(answer).reason], [400, "REQUEST_MALFORMED"]);
      }
      const bytes = { type: "application/proto", token: ada.token, body: Buffer.from([0x0a, 0xff]) };
      assert.equal(refusalIn(await web.request(`${CHAT}/SendMessage`, bytes)).reason, "REQUEST_MALFORMED");
      await send("reused", "one text");
      const again = await send("reused", "another text");
      assert.deepEqual([again.status, refusalIn(again).reason], [409, "MESSAGE_ID_REUSED"]);
    });

    test("a request has at most 64 KiB, and its sender learns it though it sends a megabyte", async () => {
      const padded = (bytes: number) => {
        const start = `{"roomId":"${room.id}","clientMessageId":"big","text":"x"`;
        return `${start}${" ".repeat(bytes - start.length - 1)}}`;
      };
      const options = { type: JSON_TYPE, token: ada.token };
      assert.equal(
        (await web.request(`${CHAT}/SendMessage`, { ...options, body: padded(MAX_BYTES) })).status,
        200,
      );
      for (const bytes of [MAX_BYTES + 1, 1024 * 1024]) {
        const answer = await web.request(`${CHAT}/SendMessage`, { ...options, body: padded(bytes) });
        assert.deepEqual([answer.status, refusalIn(answer).reason], [429, "REQUEST_TOO_LARGE"]);
      }
      const { messages } = await client.unary(v1.ChatService.method.listMessages, { roomId: room.id }, ada);
      assert.equal(messages.filter(({ text }) => text === "x").length, 1);
    });

    test("a request without an end is answered, and its connection closed", async () => {
      const head = `POST ${AUTH}/GetServerInfo HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`;
      const answer = await web.raw(
        `${head}transfer-encoding: chunked\r\n\r\n${"200000\r\n"}${"x".repeat(0x200000)}\r\n`,
      );
      assert.match(answer, /^HTTP\/1.1 429 .*connection: close.*REQUEST_TOO_LARGE/is);
    });

    test("a request that stops in the middle is refused after 15 s", { timeout: 60_000 }, async () => {
      const head = `POST ${AUTH}/GetServerInfo HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`;
      const beganAtMs = performance.now();
      const answer = await web.raw(`${head}content-length: 100\r\n\r\n{`);
      const tookMs = performance.now() - beganAtMs;
      assert.match(answer, /^HTTP\/1.1 429 .*connection: close.*REQUEST_UNFINISHED/is);
      assert.ok(tookMs > 14_000 && tookMs < 45_000, `it took ${Math.round(tookMs)} ms`);
    });

    test("other methods, content types and paths are refused by HTTP", async () => {
      for (const method of ["PUT", "DELETE", "GET"]) {
        assert.equal((await web.request(`${CHAT}/SendMessage`, { method })).status, 405, method);
      }
      const types = [
        "text/plain",
        "application/connect+json",
        "application/json; charset=latin1",
        "application/jsonp",
      ];
      for (const type of [...types, undefined]) {
        const answer = await web.request(`${CHAT}/SendMessage`, {
          type,
          token: ada.token,
          body: Buffer.from("{}"),
        });
        assert.equal(answer.status, 415, type ?? "none");
        assert.match(answer.headers.get("accept-post") ?? "", /application\/json/);
      }
      const utf8 = { type: "application/json; charset=UTF-8", body: "{}" };
      assert.equal((await web.request(`${AUTH}/GetServerInfo`, utf8)).status, 200);
      const unknown = await web.json(`${CHAT}/Nothing`, {});
      assert.deepEqual([unknown.status, refusalIn(unknown).reason], [501, "METHOD_UNKNOWN"]);
      for (const path of [
        "/confab.v1.NoService/Get",
        `${CHAT}`,
        `${CHAT}/SendMessage/more`,
        "/toString/call",
      ]) {
        assert.ok([404, 405].includes((await web.json(path, {})).status), path);
      }
    });

    test("a call that streams both ways names the way that works", async () => {
      for (const path of [`${CHAT}/Connect`, "/ChatService/Chat"]) {
        const answer = await web.json(path, {}, ada.token);
        const { reason, message } = refusalIn(answer);
        assert.deepEqual([answer.status, reason], [501, "GRPC_REQUIRED"]);
        assert.match(message, /Subscribe .*unary calls/);
      }
    });

    test("credentials that are malformed are refused, even where anyone may call", async () => {
      const lines = (...headers: readonly string[]) =>
        web.raw(
          [
            `POST ${AUTH}/GetServerInfo HTTP/1.1`,
            "host: 127.0.0.1",
            "content-type: application/json",
            "content-length: 2",
            "connection: close",
            ...headers,
            "",
            "{}",
          ].join("\r\n"),
        );
      assert.match(await lines(), /^HTTP\/1.1 200 /);
      for (const headers of [
        ["authorization: Basic abc"],
        ["authorization:"],
        ["authorization: Bearer a", "authorization: Bearer b"],
        ["authorization: Bearer a", "Authorization: Bearer a"],
        ["authorization: Bearer \xe4"],
      ]) {
        assert.match(await lines(...headers), /^HTTP\/1.1 401 .*TOKEN_INVALID/s, headers.join());
      }
      for (const headers of [["x-confab-act-as:"], ["x-confab-act-as: a", "X-Confab-Act-As: a"]]) {
        assert.match(await lines(...headers), /^HTTP\/1.1 400 .*FIELD_INVALID/s, headers.join());
      }
    });

    test("a deadline is kept, and one that is malformed is refused", async () => {
      const call = (value: string) =>
        web.request(`${AUTH}/GetServerInfo`, {
          type: JSON_TYPE,
          headers: { "connect-timeout-ms": value },
          body: "{}",
        });
      assert.equal((await call("10000")).status, 200);
      assert.equal((await call("9999999999")).status, 200);
      const passed = await call("0");
      assert.deepEqual([passed.status, refusalIn(passed).reason], [504, "DEADLINE_PASSED"]);
      for (const value of ["soon", "-1", "1.5", "99999999999"]) {
        const { reason, field } = refusalIn(await call(value));
        assert.deepEqual([reason, field], ["FIELD_INVALID", "connect-timeout-ms"]);
      }
      // A password takes longer than that to check.
      const slow = await web.request(`${AUTH}/CreateSession`, {
        type: JSON_TYPE,
        headers: { "connect-timeout-ms": "5" },
        body: JSON.stringify({ password: { handle: "ada", password: "wrong horse battery" } }),
      });
      assert.deepEqual([slow.status, refusalIn(slow).reason], [504, "DEADLINE_EXCEEDED"]);
      const version = { type: JSON_TYPE, headers: { "connect-protocol-version": "2" }, body: "{}" };
      assert.equal(
        refusalIn(await web.request(`${AUTH}/GetServerInfo`, version)).field,
        "connect-protocol-version",
      );
    });

    test("what was sent over one port is the same over the other", async () => {
      const answer = JSON.parse((await send("both", "over both")).body.toString()) as {
        message: { seq: string };
      };
      const request = { roomId: room.id, clientMessageId: "both", text: "over both" };
      const { message, duplicate } = await client.unary(sendMessage, request, ada);
      assert.deepEqual([String(message?.seq), duplicate], [answer.message.seq, true]);
    });
  });
}
