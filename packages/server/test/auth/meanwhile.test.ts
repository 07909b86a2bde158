import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { type CallOptions, readRefusal, refusalOf, streamError, TestClient } from "../support/client.ts";
import { AUDIENCE, ISSUER, startIdentityProvider } from "../support/identity-provider.ts";
import { startInterruptedServer } from "../support/meanwhile.ts";
import {
  operatorClient,
  PASSWORD,
  register,
  signIn,
  signInAsGuest,
  signInWithToken,
} from "../support/people.ts";
import { temporaryFolder } from "../support/server-process.ts";

const { createUser, changePassword, updateUserAccess, deleteUser } = v1.UserService.method;
const { refreshSession, listSessions, deleteSession } = v1.AuthService.method;
const { resetPassword } = v1.AdminService.method;

const NEW_PASSWORD = "quite another one";

describe("a sign-in that is checked before, and stored after", async () => {
  const provider = await startIdentityProvider();
  const settings = { jwksUrl: provider.url, jwtIssuer: ISSUER, jwtAudience: AUDIENCE };
  const server = await startInterruptedServer(["createSession"], settings);
  after(async () => {
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });
  const { client, operator } = server;

  const ends = {
    "the change of its password": async (userId: string, token: string) => {
      const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
      await client.unary(changePassword, change, { token });
      return userId;
    },
    "the reset of its password": (userId: string) =>
      operator.unary(resetPassword, { userId, newPassword: NEW_PASSWORD }),
    "a suspension": (userId: string) =>
      operator.unary(updateUserAccess, { userId, state: v1.UserState.SUSPENDED }),
    "the erasing of the account": (userId: string) => operator.unary(deleteUser, { userId }),
  };
  const ways = {
    "with a password": (handle: string) => signIn(client, handle),
    "by the simple contract": (userName: string) =>
      client.unary(simple.UserService.method.login, { name: userName, password: PASSWORD }),
  };

  let count = 0;
  for (const [end, act] of Object.entries(ends)) {
    for (const [way, enter] of Object.entries(ways)) {
      test(`${end} fails, ${way}`, async () => {
        const handle = `user-${count++}`;
        const { id, token } = await register(client, handle);
        server.meanwhile(() => act(id, token));
        const expected = end === "a suspension" ? "SUSPENDED" : "CREDENTIALS_WRONG";
        assert.equal((await refusalOf(enter(handle))).reason, expected);
        server.assertInterrupted();
        const listed = await refusalOf(operator.unary(listSessions, { userId: id })).catch(() => null);
        if (listed) return assert.equal(listed.reason, "USER_NOT_FOUND");
        const { sessions } = await operator.unary(listSessions, { userId: id });
        assert.ok(sessions.length <= 1, "the one that changed the password");
      });
    }
  }

  test("a suspension fails, with the identity provider's token", async () => {
    const token = await provider.sign({ sub: "hers", preferred_username: "hers" });
    const { id } = await signInWithToken(client, token);
    for (const end of ["a suspension", "the erasing of the account"] as const) {
      server.meanwhile(() => ends[end](id));
      const expected = end === "a suspension" ? "SUSPENDED" : "CREDENTIALS_WRONG";
      assert.equal((await refusalOf(signInWithToken(client, token))).reason, expected);
      server.assertInterrupted();
      await operator.unary(updateUserAccess, { userId: id, state: v1.UserState.ACTIVE }).catch(() => {});
    }
  });

  test("another sign-in of the same user succeeds, as both do", async () => {
    await register(client, "twice");
    server.meanwhile(() => signIn(client, "twice"));
    await signIn(client, "twice");
    server.assertInterrupted();
  });
});

describe("a call that is let in before, and takes effect after", () => {
  test("the change of the password that it proved to know fails", async () => {
    await using server = await startInterruptedServer(["setPassword"]);
    const { client } = server;
    const [thief, owner] = [await register(client, "ada"), await signIn(client, "ada")];
    const change = (newPassword: string, person: CallOptions) =>
      client.unary(changePassword, { currentPassword: PASSWORD, newPassword }, person);
    server.meanwhile(() => change(NEW_PASSWORD, owner));
    assert.equal((await refusalOf(change("the thief's own one", thief))).reason, "CREDENTIALS_WRONG");
    await signIn(client, "ada", NEW_PASSWORD);
  });

  test("the registration of its guest's name fails", async () => {
    await using server = await startInterruptedServer(["createUser"]);
    const { client } = server;
    const user = { handle: "ada" };
    server.meanwhile(() => client.unary(createUser, { user, password: PASSWORD }));
    assert.equal((await refusalOf(signInAsGuest(client, "Ada"))).reason, "NAME_HELD");
  });

  test("the loss of the administrator's role to whom registration is open fails", async () => {
    await using server = await startInterruptedServer(["createUser"], { registration: "closed" });
    const { client, operator } = server;
    await operator.unary(createUser, { user: { handle: "rooted" }, password: PASSWORD });
    const root = await signIn(client, "rooted");
    const role = { userId: root.id, role: v1.SystemRole.ADMIN };
    await operator.unary(updateUserAccess, role);
    server.meanwhile(() => operator.unary(updateUserAccess, { ...role, role: v1.SystemRole.USER }));
    const creation = client.unary(createUser, { user: { handle: "late" }, password: PASSWORD }, root);
    assert.equal((await refusalOf(creation)).reason, "REGISTRATION_CLOSED");
  });

  test("a suspension does not bring a session back by its refresh token", async () => {
    await using server = await startInterruptedServer(["rotateRefreshToken"]);
    const { client, operator } = server;
    const { id, refreshToken } = await register(client, "ada");
    server.meanwhile(() => operator.unary(updateUserAccess, { userId: id, state: v1.UserState.SUSPENDED }));
    assert.equal((await refusalOf(client.unary(refreshSession, { refreshToken }))).reason, "TOKEN_INVALID");
  });
});

test("a stream that is let in while its session ends ends with it", async () => {
  const dataDir = temporaryFolder();
  const reached = Promise.withResolvers<void>();
  await using server = await createTestServer({
    dataDir,
    seed: { users: { ada: {} } },
    faults: {
      beforeStore: { findSession: async () => reached.resolve() },
      delayStore: { ms: 300, operations: ["findSession"] },
    },
  });
  using client = new TestClient(server.address);
  using operator = operatorClient({ dataDir });
  const { id, accessToken: token } = server.users.ada;
  const ended = streamError(client.serverStream(v1.ChatService.method.subscribe, {}, { token }));
  await reached.promise;
  await operator.unary(deleteSession, { userId: id, all: true });
  assert.equal(readRefusal(await ended).reason, "SESSION_REVOKED");
});
