import assert from "node:assert/strict";
import { test } from "node:test";
import type { SignedIn } from "../domain/callers.ts";
import type { SessionId } from "../domain/ids.ts";
import { callFrom, openTestApp, reasonOf, type TestApp } from "./testing.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const origin = callFrom("127.0.0.1");

async function openSession({ useCases, register }: TestApp, handle: string) {
  return useCases.sessions.open(await register(handle), origin, "");
}

test("an access token counts for 5 minutes to the millisecond, remembered or not", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const { accessToken } = await openSession(app, "ada");
  // Tokens count in whole seconds.
  app.pass(5 * MINUTE_MS - (app.now() % SECOND_MS) - 1);
  assert.equal((await sessions.authenticate(accessToken)).account.handle, "ada");
  app.pass(1);
  assert.equal(await reasonOf(() => sessions.authenticate(accessToken)), "TOKEN_EXPIRED");
});

test("a session that is not refreshed ends after 30 days", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const [one, other] = [await openSession(app, "ada"), await openSession(app, "grace")];
  app.pass(30 * DAY_MS - 1);
  const { refreshToken } = await sessions.refresh(one.refreshToken, origin);
  app.pass(1);
  assert.equal(await reasonOf(() => sessions.refresh(other.refreshToken, origin)), "TOKEN_INVALID");
  app.pass(30 * DAY_MS - 2);
  await sessions.refresh(refreshToken, origin);
});

test("a session ends after 90 days however often it is refreshed, and its access token with it", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  let pair: { refreshToken: string; accessToken: string } = await openSession(app, "ada");
  for (let day = 20; day <= 80; day += 20) {
    app.pass(20 * DAY_MS);
    pair = await sessions.refresh(pair.refreshToken, origin);
  }
  app.pass(10 * DAY_MS - MINUTE_MS);
  const last = await sessions.refresh(pair.refreshToken, origin);
  await sessions.authenticate(last.accessToken);
  app.pass(MINUTE_MS);
  assert.equal(await reasonOf(() => sessions.authenticate(last.accessToken)), "SESSION_REVOKED");
  assert.equal(await reasonOf(() => sessions.refresh(last.refreshToken, origin)), "TOKEN_INVALID");
});

test("the simple contract's token counts for 12 hours", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const token = await sessions.openSimple(await app.register("ada"), origin);
  app.pass(12 * HOUR_MS - MINUTE_MS);
  await sessions.authenticate(token);
  app.pass(MINUTE_MS);
  assert.equal(await reasonOf(() => sessions.authenticate(token)), "TOKEN_EXPIRED");
});

test("a refresh token is given the same answer for 10 seconds, and another one after that", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const { refreshToken } = await openSession(app, "ada");
  const first = await sessions.refresh(refreshToken, origin);
  app.pass(10 * SECOND_MS - 1);
  const again = await sessions.refresh(refreshToken, origin);
  assert.equal(again.refreshToken, first.refreshToken);
  assert.equal(again.expiresInMs, first.expiresInMs - 10 * SECOND_MS + 1, "the token is as old as it is");
  app.pass(1);
  const later = await sessions.refresh(refreshToken, origin);
  assert.notEqual(later.refreshToken, first.refreshToken);
  assert.equal(await reasonOf(() => sessions.refresh(first.refreshToken, origin)), "SESSION_REVOKED");
  assert.equal(await reasonOf(() => sessions.refresh(later.refreshToken, origin)), "TOKEN_INVALID");
});

test("an old refresh token is recognised as used for as long as its session lives", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const stolen = await openSession(app, "ada");
  let pair: { refreshToken: string } = stolen;
  for (let day = 29; day <= 87; day += 29) {
    pair = await sessions.refresh(pair.refreshToken, origin);
    app.pass(29 * DAY_MS);
  }
  pair = await sessions.refresh(pair.refreshToken, origin);
  assert.equal(await reasonOf(() => sessions.refresh(stolen.refreshToken, origin)), "SESSION_REVOKED");
  assert.equal(await reasonOf(() => sessions.refresh(pair.refreshToken, origin)), "TOKEN_INVALID");
});

test("sessions that have ended by themselves don't push out one that lives", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const user = await app.register("ada");
  const { session } = await sessions.open(user, origin, "phone");
  app.pass(MINUTE_MS);
  for (let count = 0; count < 19; count++) await sessions.openSimple(user, origin);
  app.pass(13 * HOUR_MS);
  const newest = await sessions.open(user, origin, "laptop");
  const listed = await sessions.list(user.id, { afterId: "", limit: 100 });
  assert.deepEqual(new Set(listed.map(({ id }) => id)), new Set([session.id, newest.session.id]));
});

test("an administrator for a time answers for others' sessions until the role ends", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const other = await app.register("grace");
  const account = {
    ...(await app.register("ada")),
    role: "admin",
    roleUntilMs: app.now() + HOUR_MS,
  } as const;
  const caller: SignedIn = { kind: "account", account, sessionId: "" as SessionId, serviceId: null };
  assert.equal(await sessions.owner(other.id, { ...origin, caller }), other.id);
  app.pass(HOUR_MS);
  assert.equal(await reasonOf(() => sessions.owner(other.id, { ...origin, caller })), "NOT_PERMITTED");
});
