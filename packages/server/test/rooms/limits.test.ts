import assert from "node:assert/strict";
import { test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { operatorClient, register } from "../support/people.ts";
import { join, makeRoom } from "../support/rooms.ts";
import { startServerProcess } from "../support/server-process.ts";

const { addMembers, openDirectRoom } = v1.RoomService.method;

test("where limits are on, a user makes and enters a limited number of rooms; a back end has no limit", async () => {
  const env = { CONFAB_RATE_LIMITS: "true", CONFAB_LIMIT_JOIN: "4/3600" };
  await using server = await startServerProcess({ runtime: "node", env });
  using client = new TestClient(server.address);
  using operator = operatorClient(server);
  const ada = await register(client, "ada");
  const bob = await register(client, "bob");
  const key = await operator.unary(v1.AdminService.method.createServiceKey, { name: "back-end" });
  const service = { token: key.key };

  const room = await makeRoom(client, ada, { public: true });
  await client.unary(addMembers, { roomId: room.id, userIds: [bob.id] }, ada);
  await client.unary(openDirectRoom, { userIds: [bob.id] }, ada);
  // One that there is already is not counted.
  for (let again = 0; again < 3; again++) await client.unary(openDirectRoom, { userIds: [bob.id] }, ada);
  await makeRoom(client, ada);
  const refusals = await Promise.all(
    [
      makeRoom(client, ada),
      join(client, room, ada),
      client.unary(openDirectRoom, { userIds: [bob.id] }, ada),
    ].map(refusalOf),
  );
  for (const { code, reason, retryAfterMs = 0 } of refusals) {
    assert.deepEqual([code, reason], [status.RESOURCE_EXHAUSTED, "RATE_LIMITED"]);
    assert.ok(retryAfterMs > 0 && retryAfterMs <= 3_600_000);
  }
  assert.equal((await join(client, room, bob)).state, v1.MemberState.JOINED);
  for (let made = 0; made < 6; made++) await makeRoom(client, service);
});
