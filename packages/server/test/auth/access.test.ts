import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timestampDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { auditOf, giveRole, register, signIn, signInAsGuest } from "../support/people.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { getUser, updateUserAccess } = v1.UserService.method;
const { getServerInfo } = v1.AuthService.method;

describe("who may do what on a server", async () => {
  const { server, client } = await forSuite(startServerProcess({ runtime: "node" }));

  test("an administrator suspends for a time, with a reason that is kept", async () => {
    const person = await register(client, "timed");
    const admin = await register(client, "chief");
    await giveRole(server, admin, v1.SystemRole.ADMIN);
    const untilTime = timestampFromMs(Date.now() + 3_600_000);
    const change = { userId: person.id, state: v1.UserState.SUSPENDED, reason: "spam" };
    const { user } = await client.unary(updateUserAccess, { ...change, untilTime }, admin);
    assert.equal(user?.state, v1.UserState.SUSPENDED);
    const [entry] = await auditOf(server, person.id);
    assert.deepEqual(
      [entry?.action, entry?.actorId, entry?.detail],
      ["access-changed", admin.id, `suspended; until ${timestampDate(untilTime).toISOString()}; spam`],
    );
    const passed = { seconds: 1n, nanos: 0 };
    for (const [wrong, field] of [
      [{ untilTime: passed }, "until_time"],
      [{ untilTime: { seconds: 1n << 60n, nanos: 0 } }, "until_time"],
      [{ reason: "x".repeat(513) }, "reason"],
      [{ reason: "two\nlines" }, "reason"],
      [{ state: v1.UserState.ERASED }, "state"],
      [{ role: v1.SystemRole.SERVICE, state: v1.UserState.UNSPECIFIED }, "role"],
      [{ userId: "" }, "user_id"],
    ] as const) {
      const refusal = await refusalOf(client.unary(updateUserAccess, { ...change, ...wrong }, admin));
      assert.equal(refusal.field, field);
    }
    const nothing = client.unary(updateUserAccess, { userId: person.id }, admin);
    assert.equal((await refusalOf(nothing)).reason, "FIELD_REQUIRED");
  });

  test("a suspension ends by itself", async () => {
    await using server = await createTestServer({ seed: { users: { strict: { role: "admin" } } } });
    using client = new TestClient(server.address);
    const [person, admin] = [await register(client, "briefly"), { token: server.users.strict.accessToken }];
    const untilTime = timestampFromMs(server.clock.now() + 1_000);
    const change = { userId: person.id, state: v1.UserState.SUSPENDED, untilTime };
    await client.unary(updateUserAccess, change, admin);
    const key = { case: "userId", value: person.id } as const;
    const stateOf = async () => (await client.unary(getUser, { key }, admin)).user?.state;
    await server.clock.advance(999);
    assert.equal(await stateOf(), v1.UserState.SUSPENDED);
    await server.clock.advance(1);
    assert.equal(await stateOf(), v1.UserState.ACTIVE);
    assert.equal((await signIn(client, "briefly")).id, person.id);
    assert.equal((await refusalOf(client.unary(getUser, { key }, person))).reason, "SESSION_REVOKED");
  });

  test("a role counts from the next call on, in sessions that are open too", async () => {
    const [person, other] = [await register(client, "promoted"), await register(client, "other")];
    const suspend = { userId: other.id, state: v1.UserState.SUSPENDED };
    const attempt = () => client.unary(updateUserAccess, suspend, person);
    assert.equal((await refusalOf(attempt())).reason, "NOT_PERMITTED");
    await giveRole(server, person, v1.SystemRole.MODERATOR);
    await attempt();
    await giveRole(server, person, v1.SystemRole.USER);
    assert.equal((await refusalOf(attempt())).reason, "NOT_PERMITTED");
  });

  test("the server tells its version, limits and ways to sign in to whoever asks", async () => {
    const info = await client.unary(getServerInfo, {}, { token: "nonsense" });
    assert.match(info.version, /^\d+\.\d+\.\d+$/);
    assert.deepEqual(info.authMethods, ["password", "guest"]);
    assert.deepEqual(info.limits, {
      request_bytes: 65_536n,
      text_bytes: 16_384n,
      payload_bytes: 32_768n,
      client_message_id_bytes: 128n,
      page_size: 100n,
      password_bytes: 1_024n,
    });
    await using closed = await startServerProcess({ runtime: "node", env: { CONFAB_GUESTS: "false" } });
    using closedClient = new TestClient(closed.address);
    assert.deepEqual((await closedClient.unary(getServerInfo, {})).authMethods, ["password"]);
    const refusal = await refusalOf(signInAsGuest(closedClient, "Passing By"));
    assert.deepEqual([refusal.code, refusal.reason], [status.PERMISSION_DENIED, "GUESTS_NOT_ALLOWED"]);
  });
});
