import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { request as httpsRequest } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Client, credentials } from "@grpc/grpc-js";
import { runtimes } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { eventually } from "../support/wait.ts";
import { envelope, envelopes, refusalAtEnd, refusalIn } from "../support/web-request.ts";

const NAME = "web.test";
const MAX_STREAMS = 3;

for (const runtime of runtimes) {
  describe(`the web port with TLS on ${runtime}`, { timeout: 300_000 }, () => {
    test("calls and streams work over HTTP/2 and over HTTP/1.1", async () => {
      const folder = temporaryFolder();
      const { cert, key } = makeCertificate(folder);
      await using server = await startServerProcess({
        runtime,
        env: {
          CONFAB_TLS_CERT: cert,
          CONFAB_TLS_KEY: key,
          CONFAB_MAX_STREAMS_PER_USER: String(MAX_STREAMS),
        },
      });
      const ca = readFileSync(cert);
      const session = connect(`https://127.0.0.1:${server.webPort}`, { ca, servername: NAME });

      const sent = await call(session, "/ChatService/SendMessage", "application/json", sayHi);
      assert.deepEqual(
        [sent.status, JSON.parse(sent.body.toString())],
        [200, { userName: "Eve", text: "hi" }],
      );
      const refused = await call(session, "/ChatService/SendMessage", "application/json", "{}");
      assert.deepEqual([refused.status, refusalIn(refused).reason], [400, "NAME_EMPTY"]);
      const large = await call(session, "/ChatService/SendMessage", "application/json", "x".repeat(70_000));
      assert.deepEqual([large.status, refusalIn(large).reason], [429, "REQUEST_TOO_LARGE"]);

      const open = () => listen(session);
      const streams = await Promise.all(Array.from({ length: MAX_STREAMS }, open));
      const [first] = streams;
      assert.equal(first?.texts.at(-1), "hi");
      await call(session, "/ChatService/SendMessage", "application/json", sayHi.replace("hi", "again"));
      await eventually(() => streams.every(({ texts }) => texts.at(-1) === "again"), "the next message");
      const tooMany = await call(
        session,
        "/ChatService/ReceiveMessage",
        "application/connect+json",
        envelope("{}"),
      );
      assert.equal(refusalAtEnd(tooMany).reason, "TOO_MANY_STREAMS");

      first?.stream.close(constants.NGHTTP2_CANCEL);
      await eventually(async () => {
        const next = await open();
        next.stream.close(constants.NGHTTP2_CANCEL);
        return next.texts.length > 0;
      }, "place of a cancelled stream");
      session.destroy();

      const overHttp1 = await new Promise<number | undefined>((resolve, reject) => {
        const options = {
          ca,
          servername: NAME,
          method: "POST",
          headers: { "content-type": "application/json" },
        };
        const request = httpsRequest(
          `https://127.0.0.1:${server.webPort}/ChatService/SendMessage`,
          options,
          (response) => resolve(response.resume().statusCode),
        );
        request.once("error", reject).end(sayHi);
      });
      assert.equal(overHttp1, 200);
      await assertGrpcStillWorks(server, ca);
      rmSync(folder, { recursive: true });
    });

    test("a client that vanishes loses its streams soon, though nothing happens in them", async () => {
      const folder = temporaryFolder();
      const { cert, key } = makeCertificate(folder);
      const env = { CONFAB_TLS_CERT: cert, CONFAB_TLS_KEY: key, CONFAB_MAX_STREAMS_PER_USER: "1" };
      await using server = await startServerProcess({ runtime, env });
      const ca = readFileSync(cert);
      await using relay = await openRelay(server.webPort);
      const near = connect(`https://127.0.0.1:${server.webPort}`, { ca, servername: NAME });
      const far = connect(`https://127.0.0.1:${relay.port}`, { ca, servername: NAME });
      far.on("error", () => {});
      await call(near, "/ChatService/SendMessage", "application/json", sayHi);
      await listen(far);
      const isRefused = async () => (await listen(near, { isClosed: true })).texts.length === 0;
      assert.ok(await isRefused());
      relay.stop();
      const stoppedAtMs = performance.now();
      while (await isRefused()) await pause(1_000);
      assert.ok(performance.now() - stoppedAtMs < 90_000, "it kept its place for too long");
      near.destroy();
      far.destroy();
      rmSync(folder, { recursive: true });
    });
  });
}

const sayHi = JSON.stringify({ userName: "Eve", text: "hi" });

async function call(session: ClientHttp2Session, path: string, type: string, body: string | Buffer) {
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": type });
  stream.end(body);
  const [headers] = (await once(stream, "response")) as [{ ":status": number }];
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return { status: headers[":status"], body: Buffer.concat(pieces) };
}

/** Opens a stream of the lobby, and resolves with what it brings: first its recent messages. */
async function listen(
  session: ClientHttp2Session,
  { isClosed = false } = {},
): Promise<{ stream: ClientHttp2Stream; texts: string[] }> {
  const headers = { ":method": "POST", ":path": "/ChatService/ReceiveMessage" };
  const stream = session.request({ ...headers, "content-type": "application/connect+json" });
  stream.end(envelope("{}"));
  const texts: string[] = [];
  stream.on("error", () => {});
  stream.on("data", (piece: Buffer) => {
    for (const { flags, text } of envelopes(piece)) {
      if (flags === 0) texts.push((JSON.parse(text) as { text: string }).text);
    }
  });
  await once(stream, "data");
  if (isClosed) stream.close(constants.NGHTTP2_CANCEL);
  return { stream, texts };
}

/** Passes connections on to a port until it is stopped: then they stay open, and nothing passes any more. */
async function openRelay(port: number): Promise<AsyncDisposable & { port: number; stop(): void }> {
  const sockets: Socket[] = [];
  const relay = createServer((near) => {
    const far = connectTcp(port, "127.0.0.1");
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) sockets.push(socket.on("error", () => {}));
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  return {
    port: (relay.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      relay.close();
    },
  };
}

async function assertGrpcStillWorks({ address }: ServerProcess, ca: Buffer): Promise<void> {
  const client = new Client(address, credentials.createSsl(ca), { "grpc.ssl_target_name_override": NAME });
  await new Promise<void>((resolve, reject) => {
    client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve()));
  });
  client.close();
}

function makeCertificate(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const subject = ["-subj", `/CN=${NAME}`, "-addext", `subjectAltName=DNS:${NAME}`, "-days", "2"];
  const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...subject];
  execFileSync("openssl", args, { stdio: "ignore" });
  return { cert, key };
}
