import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { join } from "node:path";
import { describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { simple } from "@confab/protocol";
import {
  Client,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { protoPath as healthProto } from "grpc-health-check";
import { refusalOf, TestClient } from "./support/client.ts";
import { root, runtimeProgram, runtimes } from "./support/runtimes.ts";
import { runServerToExit, startServerProcess, temporaryFolder } from "./support/server-process.ts";

const { sendMessage } = simple.ChatService.method;

for (const runtime of runtimes) {
  describe(`the server on ${runtime}`, () => {
    test("health is SERVING for the server and for each service, and unknown for others", async () => {
      await using server = await startServerProcess({ runtime });
      const { grpc } = loadPackageDefinition(loadSync(healthProto)) as unknown as {
        grpc: { health: { v1: { Health: ServiceClientConstructor } } };
      };
      const client = new grpc.health.v1.Health(server.address, credentials.createInsecure());
      const check = (service: string): Promise<{ status: string }> =>
        new Promise((resolve, reject) => {
          const answer = (error: unknown, response: { status: string }): void =>
            error ? reject(error) : resolve(response);
          (client as unknown as { check(request: object, callback: typeof answer): void }).check(
            { service },
            answer,
          );
        });
      for (const service of ["", "ChatService", "UserService"]) assert.ok((await check(service)).status);
      assert.equal((await refusalOf(check("NoSuchService"))).code, status.NOT_FOUND);
      client.close();
    });

    test("reflection lists the services and describes the package-less ones, in both versions", async () => {
      await using server = await startServerProcess({ runtime });
      for (const version of ["v1", "v1alpha"]) {
        const ask = await openReflection(server.address, version);
        const { listServicesResponse } = await ask({ listServices: "*" });
        const names = listServicesResponse?.service.map((service) => service.name).sort();
        assert.deepEqual(names, [
          "ChatService",
          "UserService",
          "confab.v1.AdminService",
          "confab.v1.AuthService",
          "confab.v1.ChatService",
          "confab.v1.RoomService",
          "confab.v1.UserService",
          "grpc.health.v1.Health",
        ]);
        for (const symbol of [
          "ChatService",
          "UserService",
          "ChatService.SendMessage",
          "Message",
          "Empty",
          "confab.v1.User",
        ]) {
          const { fileDescriptorResponse } = await ask({ fileContainingSymbol: symbol });
          assert.ok(fileDescriptorResponse, `${version} finds ${symbol}`);
        }
        const { errorResponse } = await ask({ fileContainingSymbol: "NoSuchThing" });
        assert.equal(errorResponse?.errorCode, status.NOT_FOUND);
      }
    });

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
      assert.equal((await fetch(`${url}/nothing`)).status, 404);
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
        client.waitForReady(Date.now() + 5_000, (error) => (error ? reject(error) : resolve()));
      });
      client.close();

      makeCertificate(folder, "second.test");
      server.process.kill("SIGHUP");
      await waitUntil(() => server.log().includes("certificate read again"));
      assert.equal(await certificateName(server.address), "second.test");

      writeFileSync(first.cert, "not a certificate");
      server.process.kill("SIGHUP");
      await waitUntil(() => server.log().includes("the old one stays in use"));
      assert.equal(await certificateName(server.address), "second.test");
      rmSync(folder, { recursive: true });
    });

    test("wrong settings are reported all at once, each by its name, and nothing is started", async () => {
      const dataDir = temporaryFolder();
      const env = {
        CONFAB_GRPC_PORT: "seventy",
        CONFAB_HOST: "0.0.0.0",
        CONFAB_GUESTS: "maybe",
        CONFAB_DATABASE_URL: "postgres://localhost/confab",
        CONFAB_GRPC_PROT: "1",
      };
      const { code, stderr } = await runServerToExit({ runtime, dataDir, env });
      assert.equal(code, 2);
      for (const name of Object.keys(env)) assert.match(stderr, new RegExp(name));
      rmSync(dataDir, { recursive: true });
    });

    test("a port that is taken is named", async () => {
      await using server = await startServerProcess({ runtime });
      const dataDir = temporaryFolder();
      const port = server.address.split(":")[1] ?? "";
      const { code, stderr } = await runServerToExit({ runtime, dataDir, env: { CONFAB_GRPC_PORT: port } });
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`confab: can't listen on 127.0.0.1:${port}`));
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

interface ReflectionAnswer {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] } | null;
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] } | null;
  readonly errorResponse?: { readonly errorCode: number } | null;
}

/** A generic client's view: asks reflection one thing after the other. */
async function openReflection(
  address: string,
  version: string,
): Promise<(request: object) => Promise<ReflectionAnswer>> {
  const proto = join(
    root,
    `node_modules/@grpc/reflection/build/proto/grpc/reflection/${version}/reflection.proto`,
  );
  const { grpc } = loadPackageDefinition(loadSync(proto)) as unknown as {
    grpc: { reflection: Record<string, { ServerReflection: ServiceClientConstructor }> };
  };
  const Service = grpc.reflection[version]?.ServerReflection;
  assert.ok(Service);
  const client = new Service(address, credentials.createInsecure());
  return (request) =>
    new Promise((resolve, reject) => {
      const stream = (
        client as unknown as { serverReflectionInfo(): NodeJS.ReadWriteStream }
      ).serverReflectionInfo();
      stream.once("data", (answer: ReflectionAnswer) => {
        resolve(answer);
        stream.end();
      });
      stream.once("error", reject);
      (stream as unknown as { write(request: object): void }).write(request);
    });
}

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

function makeCertificate(folder: string, name: string): { cert: string; key: string } {
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  execFileSync(
    "openssl",
    [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ],
      ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`, "-keyout", key, "-out", cert],
    ],
    { stdio: "ignore" },
  );
  return { cert, key };
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

async function waitUntil(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error("it did not happen within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
