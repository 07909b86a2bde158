import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { simple, v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { root } from "../support/runtimes.ts";

interface ServiceConfig {
  readonly methodConfig: readonly {
    readonly name: readonly { readonly service?: string; readonly method?: string }[];
    readonly retryPolicy?: object;
  }[];
}

const json = readFileSync(join(root, "examples/service-config.json"), "utf8");
const options = { "grpc.service_config": json };

test("the service config repeats what can be repeated, and nothing else", () => {
  const { methodConfig }: ServiceConfig = JSON.parse(json);
  const repeated = methodConfig
    .filter(({ retryPolicy }) => retryPolicy)
    .flatMap(({ name }) => name.map(({ service, method }) => `${service}.${method}`));
  const full = [v1.AdminService, v1.AuthService, v1.ChatService, v1.RoomService, v1.UserService];
  const repeatable = full
    .flatMap(({ methods }) => methods)
    .filter(({ idempotency }) => idempotency !== Idempotency.IDEMPOTENCY_UNKNOWN)
    .map(({ parent, name }) => `${parent.typeName}.${name}`);
  const simpleOnes = ["Login", "GetUser", "GetUsers", "UpdateUser"].map((name) => `UserService.${name}`);
  assert.deepEqual(repeated.sort(), ["ChatService.ReceiveMessage", ...simpleOnes, ...repeatable].sort());
});

test("with the service config a client repeats a send whose answer was lost, and it is stored once", async () => {
  const seed = { users: { ada: {} }, rooms: { engine: { owner: "ada" } } } as const;
  const faults = { dropAnswer: { method: "SendMessage", at: 1 } };
  await using server = await createTestServer({ seed, faults });
  using client = new TestClient(server.address, options);
  const message = { roomId: server.rooms.engine.id, text: "hello", clientMessageId: "one" };
  const ada = { token: server.users.ada.accessToken };
  const { duplicate } = await client.unary(v1.ChatService.method.sendMessage, message, ada);
  assert.equal(duplicate, true);
});

test("with the service config a simple message is not repeated: it might be stored twice", async () => {
  await using server = await createTestServer({ faults: { dropAnswer: { method: "SendMessage", at: 1 } } });
  using client = new TestClient(server.address, options);
  const message = { userName: "a guest", text: "hello" };
  const { code, reason } = await refusalOf(client.unary(simple.ChatService.method.sendMessage, message));
  assert.deepEqual([code, reason], [status.UNAVAILABLE, "STORAGE_ERROR"]);
});
