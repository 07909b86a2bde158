import assert from "node:assert/strict";
import { test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { type Refusal, refusalOf, TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import {
  auditOf,
  giveRole,
  operatorClient,
  PASSWORD,
  type Person,
  register,
  signIn,
  signInAsGuest,
} from "../support/people.ts";
import { rawCall } from "../support/raw-call.ts";
import { join, openRoomWith } from "../support/room-acts.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";

const { batchGetUsers, createUser, getUser, changePassword } = v1.UserService.method;
const { createSession, getServerInfo, refreshSession } = v1.AuthService.method;
const { sendMessage } = simple.ChatService.method;
const { listMessages, subscribe } = v1.ChatService.method;

const me = { key: { case: "userId", value: "me" } } as const;
/** As many as by default, each in a day: on a slow machine the usual times would be over too soon. */
const LIMITS = {
  CONFAB_LIMIT_SIGN_IN_ACCOUNT: "5/86400",
  CONFAB_LIMIT_SIGN_IN_ADDRESS: "20/86400",
  CONFAB_LIMIT_REGISTER: "3/86400",
  CONFAB_LIMIT_SEND: "10/86400",
  CONFAB_LIMIT_CALLS: "100/86400",
};
const limited = (env: Readonly<Record<string, string>> = {}, runtime: Runtime = "node") =>
  startServerProcess({ runtime, env: { CONFAB_RATE_LIMITS: "true", ...LIMITS, ...env } });

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

function assertLimited(refusal: Refusal): void {
  assert.deepEqual([refusal.code, refusal.reason], [status.RESOURCE_EXHAUSTED, "RATE_LIMITED"]);
  const { retryAfterMs = 0 } = refusal;
  assert.ok(retryAfterMs > 0 && retryAfterMs <= 86_400_000, `retry after ${retryAfterMs} ms`);
}

test("guessing one account's password from many addresses ends at 20, and its owner gets in", async () => {
  await using server = await limited({ CONFAB_LIMIT_SIGN_IN_ACCOUNT: "1000/86400" });
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
      assertLimited(refusal);
      return [count, refusal.message.replace(/\d+ s/, "86400 s")];
    }),
  );
  assert.deepEqual(answers, [
    [5, "too many sign-ins to this account: try again in 86400 s"],
    [5, "too many sign-ins to this account: try again in 86400 s"],
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
  assertLimited(await refusalOf(attempt()));
  assertLimited(await refusalOf(signInAsGuest(client, "another guest")));
  const simpler = client.unary(simple.UserService.method.createUser, { name: "fresh", password: PASSWORD });
  assertLimited(await refusalOf(simpler));
  const asGuest = client.unary(createUser, { user: { handle: "fresh" }, password: PASSWORD }, guest);
  assertLimited(await refusalOf(asGuest));

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
  assertLimited(refusal);
  for (let more = 0; more < 100; more++) assert.equal((await refusalOf(lookUp())).reason, "RATE_LIMITED");
  assert.equal((await client.unary(getUser, me, other)).user?.id, other.id);
});

test("a user's searches have a limit of their own", async () => {
  await using server = await limited({ CONFAB_LIMIT_SEARCH: "20/86400" });
  using client = new TestClient(server.address);
  const [reader, other] = [await register(client, "reader"), await register(client, "other")];
  const search = (person: Person) =>
    client.unary(v1.ChatService.method.searchMessages, { query: "x" }, person);
  const { count, refusal } = await untilRefused(() => search(reader), "RATE_LIMITED");
  assert.equal(count, 20);
  assertLimited(refusal);
  await search(other);
  assert.equal((await client.unary(getUser, me, reader)).user?.id, reader.id);
});

test("a page counts as more calls than a single row, even in a burst", async () => {
  await using server = await limited();
  using client = new TestClient(server.address);
  const [ada, grace] = [await register(client, "ada"), await register(client, "grace")];
  const roomId = await openRoomWith(client, ada);
  const page = (pageSize: number) => () => client.unary(listMessages, { roomId, pageSize }, grace);
  await join(client, grace, roomId);
  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, page(100)));
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 19);
  const userIds = Array.from({ length: 100 }, () => ada.id);
  const { count } = await untilRefused(() => client.unary(batchGetUsers, { userIds }, ada), "RATE_LIMITED");
  assert.equal(count, 19);
});

for (const runtime of runtimes) {
  test(`commands of a stream are limited as calls are on ${runtime}`, async () => {
    await using server = await limited({ CONFAB_LIMIT_SEND: "1000/86400" }, runtime);
    using client = new TestClient(server.address);
    const ada = await register(client, "ada");
    const roomId = await openRoomWith(client, ada);
    const reader = await LiveReader.open(client, ada);
    for (let count = 0; count < 3_000; count++) {
      if (count % 2 === 0) reader.command(`${count}`, { case: "heartbeat", value: {} });
      else reader.send(`${count}`, { roomId, text: "hello" });
    }
    const { result } = await reader.result("2999");
    assert.ok(result.case === "error" && result.value.reason === "RATE_LIMITED" && result.value.retryAfter);
    const answered = reader.results.filter(({ result }) => result.case !== "error");
    // The room and the stream have cost two calls.
    assert.equal(answered.length, 98);
    assert.equal((await refusalOf(client.unary(getUser, me, ada))).reason, "RATE_LIMITED");
  });
}

test("messages on a simple stream, and the list of all users, count as calls", async () => {
  await using server = await limited({ CONFAB_LIMIT_SEND: "1000/86400" });
  using client = new TestClient(server.address);
  const [talker, reader] = [await register(client, "talker"), await register(client, "reader")];
  const stream = client.bidi(simple.ChatService.method.chat, talker);
  let heard = 0;
  stream.on("data", () => heard++);
  const ended = refusalOf(new Promise((_, reject) => stream.once("error", reject)));
  for (let count = 0; count < 150; count++) stream.write({ text: "hello" });
  assertLimited(await ended);
  assert.equal(heard, 99);
  const list = () => client.serverStream(simple.UserService.method.getUsers, {}, reader).toArray();
  const { count } = await untilRefused(list, "RATE_LIMITED");
  assert.equal(count, 5);
});

test("a long Hello counts as many calls", async () => {
  await using server = await limited();
  using client = new TestClient(server.address);
  const ada = await register(client, "ada");
  const rooms = Array.from({ length: 5_000 }, (_, index) => ({ roomId: `room-${index}-of-many` }));
  const listen = () => client.serverStream(subscribe, { hello: { rooms } }, ada).toArray();
  assert.equal((await untilRefused(listen, "RATE_LIMITED")).count, 14);
});

test("whoever calls without a token is counted by address", async () => {
  await using server = await limited({ CONFAB_LIMIT_CALLS: "5/86400" });
  using client = new TestClient(server.address);
  const { count, refusal } = await untilRefused(() => client.unary(getServerInfo, {}), "RATE_LIMITED");
  assert.equal(count, 5);
  assertLimited(refusal);
  assert.equal((await rawCall(server.address, getServerInfo, {}, { from: "127.0.4.1" })).code, status.OK);
});

test("a user's messages are counted, whatever name or stream they come by", async () => {
  await using server = await limited();
  using client = new TestClient(server.address);
  const person = await register(client, "talker");
  const send = () => client.unary(sendMessage, { text: "hello" }, person);
  const { count, refusal } = await untilRefused(send, "RATE_LIMITED");
  assert.equal(count, 10);
  assertLimited(refusal);
  const stream = client.bidi(simple.ChatService.method.chat, person);
  const ended = refusalOf(new Promise((_, reject) => stream.once("error", reject)));
  stream.write({ text: "hello" });
  assertLimited(await ended);
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
