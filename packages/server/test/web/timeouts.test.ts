import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { after, describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { makeCertificate } from "../support/certificates.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { HANG_MS, within } from "../support/wait.ts";
import { askWeb, callWeb, ways } from "../support/web.ts";

const HEAD = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";
const POST = "POST /confab.v1.AuthService/GetServerInfo HTTP/1.1\r\nhost: localhost\r\n";
const DRIP_MS = 500;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

for (const runtime of runtimes) {
  describe(`slow clients of the HTTP port on ${runtime}`, { concurrency: true }, async () => {
    const folder = temporaryFolder();
    after(() => rmSync(folder, { recursive: true }));
    const { cert, key } = makeCertificate(folder, "localhost");
    const tls = { CONFAB_TLS_CERT: cert, CONFAB_TLS_KEY: key, CONFAB_GUESTS: "true" };
    const { server: plain } = await forSuite(startServerProcess({ runtime }));
    const { server: secure } = await forSuite(startServerProcess({ runtime, env: tls }));
    const openPlain = () => connect(plain.webPort, "127.0.0.1");
    const openTls = () => connectTls({ host: "127.0.0.1", port: secure.webPort, rejectUnauthorized: false });

    for (const [way, open] of [
      ["http", openPlain],
      ["https", openTls],
    ] as const) {
      test(`over ${way}, a connection that asks nothing is closed`, async () => {
        await assertClosed(open(), HEADERS_MS);
      });

      test(`over ${way}, headers that come a line at a time are cut off`, async () => {
        await assertClosed(drip(open(), HEAD, "x-a: 1\r\n"), HEADERS_MS);
      });

      test(`over ${way}, a body that comes a byte at a time is cut off`, async () => {
        const headers = "content-type: application/json\r\ncontent-length: 1000\r\n\r\n";
        await assertClosed(drip(open(), POST + headers, " "), REQUEST_MS);
      });

      test(`over ${way}, a connection that is kept alive is closed when nothing more is asked`, async () => {
        const socket = open();
        socket.write(`${HEAD}\r\n`);
        assert.match(await assertClosed(socket, HEADERS_MS), /^HTTP\/1\.1 200 /);
      });

      test(`over ${way}, headers of more than 8 KiB are refused, and smaller ones are not`, async () => {
        const answers = [7_000, 9_000].map((bytes) => {
          const socket = open();
          socket.write(`${HEAD}connection: close\r\nx-a: ${"a".repeat(bytes)}\r\n\r\n`);
          return assertClosed(socket, HEADERS_MS);
        });
        const [small, large] = await Promise.all(answers);
        assert.match(small ?? "", /^HTTP\/1\.1 200 /);
        assert.match(large ?? "", /^HTTP\/1\.1 431 /);
      });
    }

    test("a TLS handshake that does not come is not waited for", async () => {
      await assertClosed(connect(secure.webPort, "127.0.0.1"), HEADERS_MS);
    });

    test("an HTTP/2 connection that asks nothing is closed", async () => {
      const session = connectHttp2(`https://127.0.0.1:${secure.webPort}`, { rejectUnauthorized: false });
      session.on("error", () => {});
      const beganAtMs = performance.now();
      await within(new Promise<void>((resolve) => session.once("close", resolve)), "end of the connection");
      assertTook(performance.now() - beganAtMs, HEADERS_MS);
    });

    test("a request over HTTP/2 whose body comes a byte at a time is cut off, and its connection goes on", async () => {
      const session = connectHttp2(`https://localhost:${secure.webPort}`, { rejectUnauthorized: false });
      session.on("error", () => {});
      const path = "/confab.v1.AuthService/GetServerInfo";
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/json",
      });
      const beganAtMs = performance.now();
      const timer = setInterval(() => stream.write(" "), DRIP_MS);
      stream.on("error", () => {});
      stream.resume();
      await within(new Promise<void>((resolve) => stream.once("close", resolve)), "end of the request");
      clearInterval(timer);
      assertTook(performance.now() - beganAtMs, REQUEST_MS);
      const next = session.request({ ":path": "/healthz" });
      const status = await new Promise((resolve) =>
        next.once("response", (head) => resolve(head[":status"])),
      );
      assert.equal(status, 200);
      session.destroy();
    });

    for (const way of ways) {
      test(`over ${way}, a stream goes on for longer than a request may take to come`, async () => {
        const { webPort } = way === "http" ? plain : secure;
        const signedIn = await callWeb(
          webPort,
          "AuthService/CreateSession",
          { guest: { displayName: way } },
          { way },
        );
        const { accessToken } = JSON.parse(signedIn.body.toString()) as { accessToken: string };
        const answer = await askWeb(webPort, "/confab.v1.ChatService/Subscribe", {
          way,
          method: "POST",
          headers: {
            "content-type": "application/connect+json",
            "connect-timeout-ms": String(REQUEST_MS + 4_000),
            authorization: `Bearer ${accessToken}`,
          },
          body: Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from("{}")]),
        });
        assert.match(answer.body.toString(), /"deadline_exceeded"/);
      });
    }

    test("others are answered meanwhile", async () => {
      const slow = Array.from({ length: 200 }, () => drip(openPlain(), HEAD, "x-a: 1\r\n"));
      assert.equal((await askWeb(plain.webPort, "/healthz")).status, 200);
      for (const socket of slow) socket.destroy();
    });
  });
}

/** Sends the beginning, and then a piece again and again. */
function drip(socket: Socket, beginning: string, piece: string): Socket {
  socket.write(beginning);
  const timer = setInterval(() => {
    if (socket.writable) socket.write(piece);
  }, DRIP_MS);
  socket.on("close", () => clearInterval(timer));
  return socket;
}

/** Waits until the server closes the connection, which it must do in time. Returns what it has sent. */
async function assertClosed(socket: Socket, maxMs: number): Promise<string> {
  let answer = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  socket.on("error", () => {});
  const beganAtMs = performance.now();
  await within(new Promise<void>((resolve) => socket.once("close", resolve)), "end of the connection");
  assertTook(performance.now() - beganAtMs, maxMs);
  return answer;
}

/** A busy machine is late, but not by as much as a server without the timeout would be. */
function assertTook(tookMs: number, maxMs: number): void {
  assert.ok(tookMs < Math.min(maxMs + 15_000, HANG_MS), `it took ${Math.round(tookMs)} ms`);
}
