import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { join } from "node:path";
import { describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { simple } from "@confab/protocol";
import { Client, credentials, status } from "@grpc/grpc-js";
import { makeCertificate } from "./support/certificates.ts";
import { TestClient } from "./support/client.ts";
import { root, runtimeProgram, runtimes } from "./support/runtimes.ts";
import { runServerToExit, startServerProcess, temporaryFolder } from "./support/server-process.ts";
import { eventually, HANG_MS } from "./support/wait.ts";

const { sendMessage } = simple.ChatService.method;

for (const runtime of runtimes) {
  describe(`the server on ${runtime}`, () => {
    test("a call whose deadline has passed is refused and nothing is stored", async () => {
      await using server = await startServerProcess({ runtime });
      const grpcStatus = await sendWithTimeout(server.address, "0n");
      assert.equal(grpcStatus, String(status.DEADLINE_EXCEEDED));
      assert.equal(await sendWithTimeout(server.address, "10S"), "0");
      using client = new TestClient(server.address);
      const stream = client.serverStream(simple.ChatService.method.receiveMessage, {});
      const texts: string[] = [];
      await new Promise<void>((resolve) => {
        stream.on("error", () => {});
        stream.on("data", (message: simple.Message) => {
          texts.push(message.text);
          resolve();
        });
      });
      assert.deepEqual(texts, ["with 10S"]);
      stream.cancel();
    });

    test("/healthz and /readyz answer, and other paths and methods don't", async () => {
      await using server = await startServerProcess({ runtime });
      const url = `http://127.0.0.1:${server.webPort}`;
      assert.equal((await fetch(`${url}/healthz`)).status, 200);
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
      assert.equal((await fetch(`${url}/assets/nothing.js`)).status, 404);
      assert.equal((await fetch(`${url}/healthz`, { method: "POST" })).status, 405);
    });

    test("it serves TLS, and after SIGHUP with the renewed certificate", async () => {
      const folder = temporaryFolder();
      const first = makeCertificate(folder, "first.test");
      await using server = await startServerProcess({
        runtime,
        env: { CONFAB_TLS_CERT: first.cert, CONFAB_TLS_KEY: first.key },
      });
      assert.equal(await certificateName(server.address), "first.test");
      const client = new Client(server.address, credentials.createSsl(readFileSync(first.cert)), {
        "grpc.ssl_target_name_override": "first.test",
      });
      await new Promise<void>((resolve, reject) => {
        client.waitForReady(Date.now() + HANG_MS, (error) => (error ? reject(error) : resolve()));
      });
      client.close();

      makeCertificate(folder, "second.test");
      server.process.kill("SIGHUP");
      await eventually(() => server.log().includes("certificate read again"), "new certificate");
      assert.equal(await certificateName(server.address), "second.test");

      writeFileSync(first.cert, "not a certificate");
      server.process.kill("SIGHUP");
      await eventually(() => server.log().includes("the old one stays in use"), "complaint");
      assert.equal(await certificateName(server.address), "second.test");
      rmSync(folder, { recursive: true });
    });

    test("wrong settings are reported all at once, each by its name, and nothing is started", async () => {
      const dataDir = temporaryFolder();
      const env = {
        CONFAB_GRPC_PORT: "seventy",
        CONFAB_HOST: "0.0.0.0",
        CONFAB_GUESTS: "maybe",
        CONFAB_DATABASE_URL: "mysql://confab:s3cret@localhost/confab",
        CONFAB_GRPC_PROT: "1",
      };
      const { code, stderr } = await runServerToExit({ runtime, dataDir, env });
      assert.equal(code, 2);
      for (const name of Object.keys(env)) assert.match(stderr, new RegExp(name));
      assert.doesNotMatch(stderr, /s3cret/);
      rmSync(dataDir, { recursive: true });
    });
  });
}

test("`confab --help` and `confab serve --help` list what there is", () => {
  const confab = (...args: string[]): string =>
    execFileSync(runtimeProgram("node"), [join(root, "packages/server/bin/confab.js"), ...args], {
      encoding: "utf8",
    });
  assert.match(confab("--help"), /serve/);
  const help = confab("serve", "--help");
  for (const flag of [
    "--grpc-port",
    "--web-port",
    "--data-dir",
    "--guests",
    "--registration",
    "--tls-cert",
  ]) {
    assert.match(help, new RegExp(flag));
  }
  assert.match(confab("--version"), /^\d+\.\d+\.\d+\n$/);
});

/** Sends a message over bare HTTP/2 with a `grpc-timeout` of the test's choice; resolves with the grpc-status. */
function sendWithTimeout(address: string, timeout: string): Promise<string> {
  const message = Buffer.concat([
    Buffer.from([0x0a, 3]),
    Buffer.from("ada"),
    Buffer.from([0x12, `with ${timeout}`.length]),
    Buffer.from(`with ${timeout}`),
  ]);
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, 5);
  const session = connectHttp2(`http://${address}`);
  return new Promise((resolve, reject) => {
    session.once("error", reject);
    const stream = session.request({
      ":method": "POST",
      ":path": `/${sendMessage.parent.typeName}/${sendMessage.name}`,
      "content-type": "application/grpc",
      "grpc-timeout": timeout,
      te: "trailers",
    });
    const finish = (headers: Record<string, unknown>): void => {
      if (headers["grpc-status"] === undefined) return;
      resolve(String(headers["grpc-status"]));
      session.close();
    };
    stream.on("response", finish);
    stream.on("trailers", finish);
    stream.on("error", reject);
    stream.resume();
    stream.end(frame);
  });
}

function certificateName(address: string): Promise<string> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve, reject) => {
    const socket = connectTls(
      { host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ["h2"] },
      () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      },
    );
    socket.once("error", reject);
  });
}
