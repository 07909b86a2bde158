import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATOR } from "../admin/operator.ts";
import { openTestApp, reasonOf, type TestApp } from "../testing.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

async function openSession(app: TestApp, handle: string) {
  return app.useCases.sessions.open(app.ask(), {
    user: await app.register(handle),
    passwordVersion: 1,
    deviceName: "",
  });
}

test("an access token counts for 5 minutes to the millisecond, remembered or not", async () => {
  await using app = await openTestApp();
  const { callers } = app.useCases;
  const { accessToken } = await openSession(app, "ada");
  // Tokens count in whole seconds.
  app.pass(5 * MINUTE_MS - (app.now() % SECOND_MS) - 1);
  assert.equal((await callers.authenticate(accessToken, null)).account.handle, "ada");
  app.pass(1);
  assert.equal(await reasonOf(() => callers.authenticate(accessToken, null)), "TOKEN_EXPIRED");
});

test("a session that is not refreshed ends after 30 days", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const [one, other] = [await openSession(app, "ada"), await openSession(app, "grace")];
  app.pass(30 * DAY_MS - 1);
  const { refreshToken } = await sessions.refresh(app.ask(), one.refreshToken);
  app.pass(1);
  assert.equal(await reasonOf(() => sessions.refresh(app.ask(), other.refreshToken)), "TOKEN_INVALID");
  app.pass(30 * DAY_MS - 2);
  await sessions.refresh(app.ask(), refreshToken);
});

test("a session ends after 90 days however often it is refreshed, and its access token with it", async () => {
  await using app = await openTestApp();
  const { callers, sessions } = app.useCases;
  let pair: { refreshToken: string; accessToken: string } = await openSession(app, "ada");
  for (let day = 20; day <= 80; day += 20) {
    app.pass(20 * DAY_MS);
    pair = await sessions.refresh(app.ask(), pair.refreshToken);
  }
  app.pass(10 * DAY_MS - MINUTE_MS);
  const last = await sessions.refresh(app.ask(), pair.refreshToken);
  await callers.authenticate(last.accessToken, null);
  app.pass(MINUTE_MS);
  assert.equal(await reasonOf(() => callers.authenticate(last.accessToken, null)), "SESSION_REVOKED");
  assert.equal(await reasonOf(() => sessions.refresh(app.ask(), last.refreshToken)), "TOKEN_INVALID");
});

test("the simple contract's token counts for 12 hours", async () => {
  await using app = await openTestApp();
  const { callers, sessions } = app.useCases;
  const proof = { user: await app.register("ada"), passwordVersion: 1 };
  const token = await sessions.openSimple(app.ask(), proof);
  app.pass(12 * HOUR_MS - MINUTE_MS);
  await callers.authenticate(token, null);
  app.pass(MINUTE_MS);
  assert.equal(await reasonOf(() => callers.authenticate(token, null)), "TOKEN_EXPIRED");
});

test("a refresh token is given the same answer for 10 seconds, and another one after that", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const { refreshToken } = await openSession(app, "ada");
  const first = await sessions.refresh(app.ask(), refreshToken);
  app.pass(10 * SECOND_MS - 1);
  const again = await sessions.refresh(app.ask(), refreshToken);
  assert.equal(again.refreshToken, first.refreshToken);
  assert.equal(again.expiresInMs, first.expiresInMs - 10 * SECOND_MS + 1, "the token is as old as it is");
  app.pass(1);
  const later = await sessions.refresh(app.ask(), refreshToken);
  assert.notEqual(later.refreshToken, first.refreshToken);
  assert.equal(await reasonOf(() => sessions.refresh(app.ask(), first.refreshToken)), "SESSION_REVOKED");
  assert.equal(await reasonOf(() => sessions.refresh(app.ask(), later.refreshToken)), "TOKEN_INVALID");
});

test("an old refresh token is recognised as used for as long as its session lives", async () => {
  await using app = await openTestApp();
  const { sessions } = app.useCases;
  const stolen = await openSession(app, "ada");
  let pair: { refreshToken: string } = stolen;
  for (let day = 29; day <= 87; day += 29) {
    pair = await sessions.refresh(app.ask(), pair.refreshToken);
    app.pass(29 * DAY_MS);
  }
  pair = await sessions.refresh(app.ask(), pair.refreshToken);
  assert.equal(await reasonOf(() => sessions.refresh(app.ask(), stolen.refreshToken)), "SESSION_REVOKED");
  assert.equal(await reasonOf(() => sessions.refresh(app.ask(), pair.refreshToken)), "TOKEN_INVALID");
});

test("sessions that have ended by themselves don't push out one that lives", async () => {
  await using app = await openTestApp();
  const { auth, sessions } = app.useCases;
  const user = await app.register("ada");
  const proof = { user, passwordVersion: 1 };
  const { session } = await sessions.open(app.ask(), { ...proof, deviceName: "phone" });
  app.pass(MINUTE_MS);
  for (let count = 0; count < 19; count++) await sessions.openSimple(app.ask(), proof);
  app.pass(13 * HOUR_MS);
  const newest = await sessions.open(app.ask(), { ...proof, deviceName: "laptop" });
  const listed = await auth.listSessions(app.askOf(user), { userId: user.id, afterId: "", limit: 100 });
  assert.deepEqual(new Set(listed.map(({ id }) => id)), new Set([session.id, newest.session.id]));
});

test("an administrator for a time answers for others' sessions until the role ends", async () => {
  await using app = await openTestApp();
  const { auth, users } = app.useCases;
  const other = await app.register("grace");
  const account = await app.register("ada");
  const role = { state: null, role: "admin", untilMs: app.now() + HOUR_MS, reason: "" } as const;
  await users.updateUserAccess({ ...app.ask(), caller: OPERATOR }, { userId: account.id, ...role });
  const page = { userId: other.id, afterId: "", limit: 100 };
  assert.deepEqual(await auth.listSessions(app.askOf(account), page), []);
  app.pass(HOUR_MS);
  assert.equal(await reasonOf(() => auth.listSessions(app.askOf(account), page)), "NOT_PERMITTED");
});
