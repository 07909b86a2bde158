import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createLimits, type LimitTable } from "./limits.ts";
import { createPasswords } from "./passwords.ts";
import { createSignIn, type SignIn } from "./sign-in.ts";
import { callFrom, openTestApp, PASSWORD, reasonOf, type TestApp } from "./testing.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const table: LimitTable = {
  signInPerAccount: { points: 5, seconds: 60 },
  signInPerAccountHourly: { points: 20, seconds: 3_600 },
  signInPerAddress: { points: 20, seconds: 100 },
  registerPerAddress: { points: 3, seconds: 18 },
  sendPerUser: { points: 10, seconds: 5 },
  joinPerUser: { points: 10, seconds: 100 },
  callPerUser: { points: 100, seconds: 20 },
};

/** Signing in as a server that has just started does it: nothing is counted yet. */
function startSignIn({ store, now }: TestApp): SignIn {
  return createSignIn({ store, passwords: createPasswords(), limits: createLimits(table), clock: now });
}

/** One wrong password from each of these addresses; gives how many were looked at. */
async function guess(signIn: SignIn, addresses: readonly string[]): Promise<number> {
  let looked = 0;
  for (const address of addresses) {
    const credentials = { handle: "ada", password: `guess from ${address}` };
    const reason = await reasonOf(() => signIn.withPassword(credentials, callFrom(address)));
    if (reason === "CREDENTIALS_WRONG") looked++;
    else assert.equal(reason, "RATE_LIMITED");
  }
  return looked;
}

function addresses(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}.${index >> 8}.${index & 255}`);
}

async function signInToOpenSession(app: TestApp, signIn: SignIn, address: string): Promise<void> {
  const origin = callFrom(address);
  const user = await signIn.withPassword({ handle: "ada", password: PASSWORD }, origin);
  await app.useCases.sessions.open(user, origin, "");
}

test("1,000 addresses that guess one account's password for an hour get 20 looked at", async () => {
  await using app = await openTestApp();
  await app.register("ada");
  mock.timers.enable({ apis: ["Date", "setTimeout"], now: Date.now() });
  try {
    const signIn = startSignIn(app);
    let looked = 0;
    for (let minute = 0; minute < 60; minute++) {
      const lookedNow = await guess(signIn, addresses(`10.${minute}`, 17));
      assert.ok(lookedNow <= 5, "five a minute");
      looked += lookedNow;
      mock.timers.tick(MINUTE_MS - 1);
    }
    assert.equal(looked, 20, "of 60 times 17");
    mock.timers.tick(HOUR_MS);
    assert.equal(await guess(signIn, ["10.200.0.1"]), 1, "an hour later it may be tried again");
  } finally {
    mock.timers.reset();
  }
});

test("while an account is guessed at its owner gets in from where they were before, after a restart too", async () => {
  await using app = await openTestApp();
  await app.register("ada");
  await signInToOpenSession(app, startSignIn(app), "192.0.2.1");

  const signIn = startSignIn(app);
  assert.equal(await guess(signIn, addresses("10.1", 30)), 5);
  for (let count = 0; count < 10; count++) await signInToOpenSession(app, signIn, "192.0.2.1");
  const elsewhere = () => signIn.withPassword({ handle: "ada", password: PASSWORD }, callFrom("192.0.2.2"));
  assert.equal(await reasonOf(elsewhere), "RATE_LIMITED");
});

test("whoever shares the owner's address has as few tries as others", async () => {
  await using app = await openTestApp();
  await app.register("ada");
  await signInToOpenSession(app, startSignIn(app), "192.0.2.1");
  assert.equal(await guess(startSignIn(app), Array(30).fill("192.0.2.1")), 5);
});

test("handles that nobody can have are counted too", async () => {
  await using app = await openTestApp();
  const signIn = startSignIn(app);
  const attempt = (handle: string) =>
    reasonOf(() => signIn.withPassword({ handle, password: "x" }, callFrom("192.0.2.1")));
  const long = "x".repeat(60_000);
  for (let count = 0; count < 5; count++) assert.equal(await attempt(long), "CREDENTIALS_WRONG");
  assert.equal(await attempt(long), "RATE_LIMITED");
});
