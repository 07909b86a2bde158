import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { auditEntry } from "../../domain/admin/audit.ts";
import { createLimits, type LimitTable } from "../limits.ts";
import { openTestApp, PASSWORD, reasonOf, type TestApp } from "../testing.ts";
import { createPasswords } from "./passwords.ts";
import { createSignIn, type SignIn } from "./sign-in.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const table: LimitTable = {
  signInPerAccount: { points: 5, seconds: 60 },
  signInPerAccountHourly: { points: 20, seconds: 3_600 },
  signInPerAddress: { points: 20, seconds: 100 },
  registerPerAddress: { points: 3, seconds: 18 },
  sendPerUser: { points: 10, seconds: 5 },
  joinPerUser: { points: 10, seconds: 100 },
  searchPerUser: { points: 20, seconds: 20 },
  callPerUser: { points: 100, seconds: 20 },
  sendPerService: { points: 50, seconds: 1 },
  callPerService: { points: 100, seconds: 1 },
};

/** Signing in as a server that has just started does it: nothing is counted yet. */
function startSignIn({ store }: TestApp): SignIn {
  return createSignIn(store, createPasswords(), createLimits(table));
}

/** One wrong password from each of these addresses; gives how many were looked at. */
async function guess(app: TestApp, signIn: SignIn, addresses: readonly string[]): Promise<number> {
  let looked = 0;
  for (const address of addresses) {
    const credentials = { handle: "ada", password: `guess from ${address}` };
    const reason = await reasonOf(() => signIn.withPassword(app.ask(address), credentials));
    if (reason === "CREDENTIALS_WRONG") looked++;
    else assert.equal(reason, "RATE_LIMITED");
  }
  return looked;
}

function addresses(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}.${index >> 8}.${index & 255}`);
}

async function signInToOpenSession(app: TestApp, signIn: SignIn, address: string): Promise<void> {
  const ask = app.ask(address);
  const proof = await signIn.withPassword(ask, { handle: "ada", password: PASSWORD });
  await app.useCases.sessions.open(ask, { ...proof, deviceName: "" });
}

test("1,000 addresses that guess one account's password for an hour get 20 looked at", async () => {
  await using app = await openTestApp();
  await app.register("ada");
  mock.timers.enable({ apis: ["Date", "setTimeout"], now: Date.now() });
  try {
    const signIn = startSignIn(app);
    let looked = 0;
    for (let minute = 0; minute < 60; minute++) {
      const lookedNow = await guess(app, signIn, addresses(`10.${minute}`, 17));
      assert.ok(lookedNow <= 5, "five a minute");
      looked += lookedNow;
      mock.timers.tick(MINUTE_MS - 1);
    }
    assert.equal(looked, 20, "of 60 times 17");
    mock.timers.tick(HOUR_MS);
    assert.equal(await guess(app, signIn, ["10.200.0.1"]), 1, "an hour later it may be tried again");
  } finally {
    mock.timers.reset();
  }
});

test("while an account is guessed at its owner gets in from where they were before, after a restart too", async () => {
  await using app = await openTestApp();
  await app.register("ada");
  await signInToOpenSession(app, startSignIn(app), "192.0.2.1");

  const signIn = startSignIn(app);
  assert.equal(await guess(app, signIn, addresses("10.1", 30)), 5);
  for (let count = 0; count < 10; count++) await signInToOpenSession(app, signIn, "192.0.2.1");
  const elsewhere = () => signIn.withPassword(app.ask("192.0.2.2"), { handle: "ada", password: PASSWORD });
  assert.equal(await reasonOf(elsewhere), "RATE_LIMITED");
});

test("whoever shares the owner's address has as few tries as others", async () => {
  await using app = await openTestApp();
  await app.register("ada");
  await signInToOpenSession(app, startSignIn(app), "192.0.2.1");
  assert.equal(await guess(app, startSignIn(app), Array(30).fill("192.0.2.1")), 5);
});

test("a sign-in that the server is too busy to look at counts for no limit", async () => {
  await using app = await openTestApp();
  await app.register("ada");
  const passwords = createPasswords();
  const signIn = createSignIn(app.store, passwords, createLimits(table));
  const attempt = () => signIn.withPassword(app.ask("192.0.2.1"), { handle: "ada", password: PASSWORD });
  let isFlooding = true;
  const flood = async (address: string): Promise<void> => {
    while (isFlooding) await passwords.hash("x", address);
  };
  const others: Promise<void>[] = [];
  try {
    for (let count = 0; count < 200; count++) {
      // A password that finds the queue full is refused, and ends its flood.
      others.push(flood(`10.0.0.${count}`).catch(() => {}));
      await setImmediate();
    }
    for (let count = 0; count < 10; count++) assert.equal(await reasonOf(attempt), "SIGN_IN_BUSY");
  } finally {
    // The flood goes on for ever otherwise, and the process with it.
    isFlooding = false;
    await Promise.all(others);
  }
  await attempt();
});

test("a wrong password costs one hash, whatever the state of the account and without one", async () => {
  await using app = await openTestApp();
  const { id } = await app.register("ada");
  await app.register("grace");
  await app.store.updateAccess({
    actor: null,
    userId: id,
    state: { kind: "suspended", untilMs: null },
    nowMs: app.now(),
    audit: auditEntry(app.ask(), { action: "access-changed", targetId: id }),
  });
  const passwords = createPasswords();
  const verified: string[] = [];
  const counting = {
    ...passwords,
    verify: (password: string, hash: string | null, address: string) => {
      verified.push(password);
      return passwords.verify(password, hash, address);
    },
  };
  const signIn = createSignIn(app.store, counting, createLimits(table));
  const handles = ["ada", "grace", "nobody"];
  for (const handle of handles) {
    const attempt = () => signIn.withPassword(app.ask(), { handle, password: handle });
    assert.equal(await reasonOf(attempt), "CREDENTIALS_WRONG");
  }
  assert.deepEqual(verified, handles);
  const right = () => signIn.withPassword(app.ask(), { handle: "ada", password: PASSWORD });
  // It is no guess, so it counts for no limit.
  for (let count = 0; count < 10; count++) assert.equal(await reasonOf(right), "SUSPENDED");
});

test("handles that nobody can have are counted too", async () => {
  await using app = await openTestApp();
  const signIn = startSignIn(app);
  const attempt = (handle: string) =>
    reasonOf(() => signIn.withPassword(app.ask("192.0.2.1"), { handle, password: "x" }));
  const long = "x".repeat(60_000);
  for (let count = 0; count < 5; count++) assert.equal(await attempt(long), "CREDENTIALS_WRONG");
  assert.equal(await attempt(long), "RATE_LIMITED");
});
