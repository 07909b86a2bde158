import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { credentials, loadPackageDefinition, Metadata, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { needs, python } from "./support/needs.ts";
import { GENERATE_STUBS } from "./support/python.ts";
import { root, runtimes } from "./support/runtimes.ts";
import { startServerProcess } from "./support/server-process.ts";
import { forSuite } from "./support/suite.ts";

/** The simple contract as it was first released, without options for other languages. It never changes. */
const folder = join(root, "packages/server/test/first-contract");
/** Numbers and types of fields, and names in JSON; options for generated code may change. */
const WIRE = '{"version":"v2","breaking":{"use":["WIRE_JSON"]}}';

test("the simple contract of today has the bytes of the first one", () => {
  const buf = join(root, "node_modules/.bin/buf");
  execFileSync(buf, ["breaking", ".", "--against", folder, "--config", WIRE], { cwd: join(root, "proto") });
});

test("the README's command compiles the first contract", {
  skip: needs("Python with grpcio and grpcio-tools", python !== undefined),
}, () => {
  const stubs = mkdtempSync(join(tmpdir(), "confab-stubs-"));
  try {
    const [, ...args] = GENERATE_STUBS.replaceAll("_out=.", `_out=${stubs}`)
      .replaceAll("proto/", "")
      .replace("-I proto", "-I .")
      .split(" ");
    execFileSync(python ?? "python3", args, { cwd: folder });
    execFileSync(python ?? "python3", ["-c", "import chat_pb2_grpc, user_pb2_grpc"], { cwd: stubs });
  } finally {
    rmSync(stubs, { recursive: true });
  }
});

for (const runtime of runtimes) {
  describe(`a client of the first contract and a server on ${runtime}`, async () => {
    const { server } = await forSuite(startServerProcess({ runtime }));

    test("understand each other", async () => {
      const definition = loadPackageDefinition(
        loadSync(["chat.proto", "user.proto"], { includeDirs: [folder], keepCase: true }),
      );
      const [chat, users] = ["ChatService", "UserService"].map((name) => {
        const Service = definition[name] as ServiceClientConstructor;
        return new Service(server.address, credentials.createInsecure());
      });
      assert.ok(chat && users);
      const call = (
        client: typeof chat,
        name: string,
        request: object,
        metadata = new Metadata(),
      ): Promise<Record<string, unknown>> =>
        new Promise((resolve, reject) => {
          client[name]?.(request, metadata, (error: Error | null, answer: Record<string, unknown>) =>
            error ? reject(error) : resolve(answer),
          );
        });
      const message = { user_name: "ada", text: "hello" };
      assert.deepEqual({ ...(await call(chat, "SendMessage", message)) }, message);
      const listening = chat.ReceiveMessage?.({});
      const [received] = await once(listening, "data");
      assert.deepEqual({ ...received }, message);
      listening.on("error", () => {}).cancel();

      const account = { name: "grace", password: "correct horse battery" };
      const { id } = await call(users, "CreateUser", { ...account, display_name: "Grace" });
      const { token, user } = await call(users, "Login", account);
      assert.ok(typeof token === "string" && token !== "");
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer ${token}`);
      const found = await call(users, "GetUser", { id }, metadata);
      assert.deepEqual(found, user);
      assert.deepEqual([found.name, found.display_name], ["grace", "Grace"]);
      for (const client of [chat, users]) client.close();
    });
  });
}
