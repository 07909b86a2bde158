import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { health, reflection } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { Collector, readRefusal, refusalOf, streamError, TestClient } from "../support/client.ts";
import { assertMemorySettles } from "../support/memory.ts";
import { describeSymbol, listServices, reflect, reflectionServices } from "../support/reflect.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { check, list, watch } = health.Health.method;
const { serverReflectionInfo } = reflection.ServerReflection.method;
const { SERVING, SERVICE_UNKNOWN } = health.HealthCheckResponse_ServingStatus;

const contracts = [
  ...["ChatService", "UserService"],
  ...["Admin", "Auth", "Chat", "Room", "User"].map((name) => `confab.v1.${name}Service`),
];
const WATCHES = 400;
const CALLS = 100;
/** About 25 answers fit between a server and a client that has stopped reading: these come on top. */
const CHECKS = 50;

for (const runtime of runtimes) {
  describe(`health and reflection on ${runtime}`, async () => {
    const env = { CONFAB_RATE_LIMITS: "false" };
    /** A day long, so that no call is given back while the test runs. */
    const limits = { CONFAB_RATE_LIMITS: "true", CONFAB_LIMIT_CALLS: `${CALLS}/86400` };
    const { server, client } = await forSuite(startServerProcess({ runtime, env }));
    const { pid } = server.process;
    assert.ok(pid);

    test("health is SERVING for the server and for each service, and unknown for others", async () => {
      for (const service of ["", ...contracts]) {
        assert.equal((await client.unary(check, { service })).status, SERVING, service);
      }
      const { statuses } = await client.unary(list, {});
      assert.deepEqual(Object.keys(statuses).sort(), ["", ...contracts].sort());
      const refusal = await refusalOf(client.unary(check, { service: "NoSuchService" }));
      assert.deepEqual([refusal.code, refusal.reason], [status.NOT_FOUND, "SERVICE_NOT_FOUND"]);
    });

    test("a watch says at once how its service is, also of one that is unknown", async () => {
      for (const [service, expected] of [
        ["ChatService", SERVING],
        ["NoSuchService", SERVICE_UNKNOWN],
      ] as const) {
        const stream = client.serverStream(watch, { service });
        const [answer] = await new Collector(stream).atLeast(1);
        assert.equal(answer?.status, expected);
        stream.cancel();
      }
    });

    test("names that are too long are refused, on the gate's terms", async () => {
      const service = "x".repeat(60_000);
      const refusals = [
        await refusalOf(client.unary(check, { service })),
        readRefusal(await streamError(client.serverStream(watch, { service }).resume())),
        await refusalOf(reflect(client, { case: "fileContainingSymbol", value: service })),
      ];
      for (const { code, reason } of refusals) {
        assert.deepEqual([code, reason], [status.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"]);
      }
      const metadata = { authorization: "malformed" };
      assert.equal((await refusalOf(client.unary(check, {}, { metadata }))).reason, "TOKEN_INVALID");
    });

    test("watches that were cancelled leave nothing behind", async () => {
      await assertMemorySettles(pid, async () => {
        using other = new TestClient(server.address);
        const open = (name: string) => other.serverStream(watch, { service: `${name}${"x".repeat(400)}` });
        const refused = Array.from({ length: WATCHES }, (_, index) => open(`${index} ${"x".repeat(60_000)}`));
        await Promise.all(refused.map((stream) => streamError(stream.resume())));
        const watched = Array.from({ length: WATCHES }, (_, index) => open(`${index} `));
        await Promise.all(watched.map((stream) => new Collector(stream).atLeast(1)));
        for (const stream of watched) stream.cancel();
      });
    });

    test("reflection waits for its client", async () => {
      await using limited = await startServerProcess({ runtime, env: limits });
      using other = new TestClient(limited.address);
      const stream = askAgainAndAgain(other, 2 * CALLS);
      stream.resume();
      await once(stream, "data");
      stream.pause();
      // An answer costs a call: a server that did not wait would refuse these.
      for (let count = 0; count < CHECKS; count++) await other.unary(check, {});
      const ended = streamError(stream);
      stream.resume();
      assert.equal(readRefusal(await ended).reason, "RATE_LIMITED");
    });

    test("each request of reflection counts as a call, and health counts too", async () => {
      await using limited = await startServerProcess({ runtime, env: limits });
      using other = new TestClient(limited.address);
      const stream = askAgainAndAgain(other, 2 * CALLS);
      const ended = streamError(stream);
      const answers = new Collector(stream.resume());
      assert.equal(readRefusal(await ended).reason, "RATE_LIMITED");
      assert.equal(answers.messages.length, CALLS - 1, "the stream itself counts too");
      assert.equal((await refusalOf(other.unary(check, {}))).reason, "RATE_LIMITED");
      const watched = streamError(other.serverStream(watch, {}).resume());
      assert.equal(readRefusal(await watched).reason, "RATE_LIMITED");
    });

    test("reflection lists the services, its own too, and describes the package-less ones, in both versions", async () => {
      for (const version of ["v1", "v1alpha"] as const) {
        assert.deepEqual((await listServices(client, version)).sort(), [
          ...contracts,
          "grpc.health.v1.Health",
          ...Object.values(reflectionServices).map(({ typeName }) => typeName),
        ]);
        for (const symbol of [
          ...["ChatService", "UserService", "ChatService.SendMessage", "Message", "Message.text", "Empty"],
          ...["confab.v1.User", "confab.v1.ConnectRequest.hello", "confab.v1.ChatService.Connect"],
          ...["confab.v1.Role", "confab.v1.ROLE_OWNER"],
          ...[
            "grpc.health.v1.HealthCheckResponse.ServingStatus",
            "grpc.health.v1.HealthCheckResponse.SERVING",
          ],
          ...["grpc.reflection.v1.ServerReflection", "google.protobuf.Timestamp"],
        ]) {
          const files = await describeSymbol(client, symbol, version);
          assert.ok(files.length > 0, `${version} finds ${symbol}`);
        }
        const answer = await reflect(client, { case: "fileContainingSymbol", value: "NoSuchThing" }, version);
        assert.equal(answer.case === "errorResponse" && answer.value.errorCode, status.NOT_FOUND);
      }
    });

    test("the files of a symbol come with all that they import, each once", async () => {
      const files = (await describeSymbol(client, "confab.v1.ChatService")).map((bytes) =>
        fromBinary(FileDescriptorProtoSchema, bytes),
      );
      const names = files.map(({ name }) => name);
      assert.equal(names[0], "confab/v1/chat.proto");
      assert.equal(new Set(names).size, names.length);
      for (const { dependency } of files) {
        for (const name of dependency) assert.ok(names.includes(name), name);
      }
      for (const value of names) {
        const answer = await reflect(client, { case: "fileByFilename", value });
        assert.equal(answer.case, "fileDescriptorResponse", value);
      }
    });
  });
}

/** Opens a stream that takes nothing yet, and sends it this many requests. */
function askAgainAndAgain(client: TestClient, count: number) {
  const stream = client.bidi(serverReflectionInfo);
  stream.on("error", () => {});
  stream.pause();
  for (let index = 0; index < count; index++) {
    stream.write({ messageRequest: { case: "fileContainingSymbol", value: "confab.v1.ChatService" } });
  }
  return stream;
}
