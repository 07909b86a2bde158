import assert from "node:assert/strict";
import { test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { type Refusal, refusalOf, TestClient } from "../support/client.ts";
import {
  auditOf,
  giveRole,
  operatorClient,
  PASSWORD,
  register,
  signIn,
  signInAsGuest,
} from "../support/people.ts";
import { rawCall } from "../support/raw-call.ts";
import { startServerProcess } from "../support/server-process.ts";

const { createUser, getUser, changePassword } = v1.UserService.method;
const { createSession, getServerInfo, refreshSession } = v1.AuthService.method;
const { sendMessage } = simple.ChatService.method;

const me = { key: { case: "userId", value: "me" } } as const;
const limited = (env: Readonly<Record<string, string>> = {}) =>
  startServerProcess({ runtime: "node", env: { CONFAB_RATE_LIMITS: "on", ...env } });

/** Signs in from an address of its own; gives the code. */
async function signInFrom(from: string, server: string, handle: string, password: string): Promise<number> {
  const credential = { case: "password", value: { handle, password } } as const;
  return (await rawCall(server, createSession, { credential }, { from })).code;
}

function registerFrom(from: string, server: string, handle: string) {
  return rawCall(server, createUser, { user: { handle }, password: PASSWORD }, { from });
}

/** Makes calls until one is refused; gives how many were not, and that refusal. */
async function untilRefused(
  call: () => Promise<unknown>,
  reason: string,
): Promise<{ count: number; refusal: Refusal }> {
  for (let count = 0; count < 1_000; count++) {
    const outcome = await call().then(
      () => null,
      (error: unknown) => refusalOf(Promise.reject(error)),
    );
    if (outcome?.reason === reason) return { count, refusal: outcome };
  }
  throw new Error("1,000 calls were not refused");
}

function assertLimited(refusal: Refusal, seconds: number): void {
  assert.deepEqual([refusal.code, refusal.reason], [status.RESOURCE_EXHAUSTED, "RATE_LIMITED"]);
  const { retryAfterMs = 0 } = refusal;
  assert.ok(retryAfterMs > 0 && retryAfterMs <= seconds * 1_000, `retry after ${retryAfterMs} ms`);
}

test("guessing one account's password from many addresses ends at 20, and its owner gets in", async () => {
  await using server = await limited({ CONFAB_LIMIT_SIGN_IN_ACCOUNT: "1000/60" });
  using client = new TestClient(server.address);
  const owner = await register(client, "ada");
  const codes: number[] = [];
  for (let address = 1; address <= 60; address++) {
    codes.push(await signInFrom(`127.0.1.${address}`, server.address, "ADA", `guess ${address}`));
  }
  assert.deepEqual(codes.slice(0, 20), Array(20).fill(status.UNAUTHENTICATED));
  assert.deepEqual(codes.slice(20), Array(40).fill(status.RESOURCE_EXHAUSTED));
  const failures = (await auditOf(server, owner.id)).filter(({ action }) => action === "sign-in-failed");
  assert.equal(failures.length, 20, "no more passwords than that were looked at");
  assert.ok(new Set(failures.map(({ address }) => address)).size === 20);

  assert.equal((await signIn(client, "ada")).id, owner.id);
  assert.equal((await client.unary(getUser, me, owner)).user?.id, owner.id);
  await client.unary(refreshSession, { refreshToken: owner.refreshToken });
  await client.unary(changePassword, { currentPassword: PASSWORD, newPassword: "another fine one" }, owner);
  assert.equal(
    await signInFrom("127.0.1.99", server.address, "ada", "another fine one"),
    status.RESOURCE_EXHAUSTED,
  );
  assert.equal(await signInFrom("127.0.1.99", server.address, "nobody", PASSWORD), status.UNAUTHENTICATED);
});

test("guessing is slowed down per account and address, whether there is such an account or not", async () => {
  await using server = await limited();
  using client = new TestClient(server.address);
  await register(client, "grace");
  const answers = await Promise.all(
    ["grace", "nobody"].map(async (handle) => {
      const { count, refusal } = await untilRefused(
        () => signIn(client, handle, "not this one"),
        "RATE_LIMITED",
      );
      assertLimited(refusal, 60);
      return [count, refusal.message.replace(/\d+ s/, "60 s")];
    }),
  );
  assert.deepEqual(answers, [
    [5, "too many sign-ins to this account: try again in 60 s"],
    [5, "too many sign-ins to this account: try again in 60 s"],
  ]);
  const right = await refusalOf(signIn(client, "grace"));
  assert.equal(right.reason, "RATE_LIMITED", "the right one tells nothing then");
});

test("guessing at many accounts from one address is slowed down, and other addresses are not", async () => {
  await using server = await limited();
  const codes: number[] = [];
  for (let count = 0; count < 25; count++) {
    codes.push(await signInFrom("127.0.2.1", server.address, `user${count}`, "not this one"));
  }
  assert.deepEqual(codes.slice(0, 20), Array(20).fill(status.UNAUTHENTICATED));
  assert.deepEqual(codes.slice(20), Array(5).fill(status.RESOURCE_EXHAUSTED));
  assert.equal(await signInFrom("127.0.2.2", server.address, "user1", "x"), status.UNAUTHENTICATED);
});

test("signing in with the right password is not counted", async () => {
  await using server = await limited();
  using client = new TestClient(server.address);
  await register(client, "hedy");
  for (let count = 0; count < 30; count++) await signIn(client, "hedy");
});

test("an address makes three accounts at once, guests and names that are taken among them", async () => {
  await using server = await limited();
  using client = new TestClient(server.address);
  assert.equal((await registerFrom("127.0.3.1", server.address, "taken")).code, status.OK);
  assert.equal(
    (await refusalOf(client.unary(createUser, { user: { handle: "x" }, password: PASSWORD }))).reason,
    "HANDLE_INVALID",
  );
  const attempt = () => client.unary(createUser, { user: { handle: "taken" }, password: PASSWORD });
  for (let count = 0; count < 2; count++) assert.equal((await refusalOf(attempt())).reason, "HANDLE_TAKEN");
  const guest = await signInAsGuest(client, "guest");
  assertLimited(await refusalOf(attempt()), 18);
  assertLimited(await refusalOf(signInAsGuest(client, "another guest")), 18);
  const simpler = client.unary(simple.UserService.method.createUser, { name: "fresh", password: PASSWORD });
  assertLimited(await refusalOf(simpler), 18);
  const asGuest = client.unary(createUser, { user: { handle: "fresh" }, password: PASSWORD }, guest);
  assertLimited(await refusalOf(asGuest), 18);

  assert.equal((await registerFrom("127.0.3.2", server.address, "fresh")).code, status.OK);
  using operator = operatorClient(server);
  for (let count = 0; count < 5; count++) {
    await operator.unary(createUser, { user: { handle: `made${count}` }, password: PASSWORD });
  }
  const admin = await signIn(client, "taken");
  await giveRole(server, admin, v1.SystemRole.ADMIN);
  await client.unary(createUser, { user: { handle: "made.by.admin" }, password: PASSWORD }, admin);
});

test("of 1,000 look-ups in a row a user is answered 100, and nobody else is slowed down", async () => {
  await using server = await limited();
  using client = new TestClient(server.address);
  const [reader, other] = [await register(client, "reader"), await register(client, "other")];
  const lookUp = () => client.unary(getUser, { key: { case: "handle", value: "nobody" } }, reader);
  const { count, refusal } = await untilRefused(lookUp, "RATE_LIMITED");
  assert.equal(count, 100);
  assertLimited(refusal, 20);
  for (let more = 0; more < 100; more++) assert.equal((await refusalOf(lookUp())).reason, "RATE_LIMITED");
  assert.equal((await client.unary(getUser, me, other)).user?.id, other.id);
});

test("whoever calls without a token is counted by address", async () => {
  await using server = await limited({ CONFAB_LIMIT_CALLS: "5/60" });
  using client = new TestClient(server.address);
  const { count, refusal } = await untilRefused(() => client.unary(getServerInfo, {}), "RATE_LIMITED");
  assert.equal(count, 5);
  assertLimited(refusal, 60);
  assert.equal((await rawCall(server.address, getServerInfo, {}, { from: "127.0.4.1" })).code, status.OK);
});

test("a user's messages are counted, whatever name or stream they come by", async () => {
  await using server = await limited();
  using client = new TestClient(server.address);
  const person = await register(client, "talker");
  const send = () => client.unary(sendMessage, { text: "hello" }, person);
  const { count, refusal } = await untilRefused(send, "RATE_LIMITED");
  assert.equal(count, 10);
  assertLimited(refusal, 5);
  const stream = client.bidi(simple.ChatService.method.chat, person);
  const ended = refusalOf(new Promise((_, reject) => stream.once("error", reject)));
  stream.write({ text: "hello" });
  assertLimited(await ended, 5);
  await client.unary(sendMessage, { userName: "a guest", text: "hello" });
});

test("on loopback nothing is limited unless it is asked for", async () => {
  await using server = await startServerProcess({ runtime: "node" });
  using client = new TestClient(server.address);
  for (let count = 0; count < 25; count++) {
    assert.equal((await refusalOf(signIn(client, "nobody", "x"))).reason, "CREDENTIALS_WRONG");
  }
  for (let count = 0; count < 150; count++) await client.unary(getServerInfo, {});
});
