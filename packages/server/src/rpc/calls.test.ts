import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATOR } from "../app/admin/operator.ts";
import { revoked } from "../app/sessions/live-sessions.ts";
import { ANONYMOUS, type Caller } from "../domain/access/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { SessionId, UserId } from "../domain/ids.ts";
import { Calls, type OpenStream } from "./calls.ts";

const welcome = () => Promise.resolve();
const notWelcome = () => Promise.reject(new ChatError("SUSPENDED", "this account is suspended"));

function callerOf(id: string, serviceId: string | null = null): Caller {
  const account = { ...OPERATOR.account, id: id as UserId };
  return {
    kind: "account",
    account,
    sessionId: `session of ${id}` as SessionId,
    serviceId: serviceId as UserId | null,
  };
}

/** A stream that reports why it was ended. */
function streamOf(caller: Caller, recheck: OpenStream["recheck"] = welcome) {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let reason: string | null = null;
  const end = (error: unknown): void => {
    reason ??= error instanceof ChatError ? error.reason : String(error);
    resolve(reason);
  };
  return { stream: { caller, address: "192.0.2.1", end, drain: end, recheck }, ended, reason: () => reason };
}

test("the end of a session ends its streams, and no others", () => {
  using calls = new Calls({ maxStreamsPerUser: 20 });
  const streams = [callerOf("ada"), callerOf("grace"), ANONYMOUS].map((caller) => streamOf(caller));
  for (const { stream } of streams) calls.addStream(stream);
  calls.endSessions(["session of ada" as SessionId], revoked());
  assert.deepEqual(
    streams.map(({ reason }) => reason()),
    ["SESSION_REVOKED", null, null],
  );
});

test("a user who has changed is checked again at once, and so is a user for whom a service acts", async () => {
  using calls = new Calls({ maxStreamsPerUser: 20 });
  const callers = [callerOf("ada"), callerOf("grace", "service"), callerOf("hedy"), ANONYMOUS];
  const streams = callers.map((caller) => streamOf(caller, notWelcome));
  for (const { stream } of streams) calls.addStream(stream);
  const [ada, grace, hedy, guest] = streams;
  calls.recheckUser("ada" as UserId);
  assert.equal(await ada?.ended, "SUSPENDED");
  calls.recheckUser("service" as UserId);
  assert.equal(await grace?.ended, "SUSPENDED");
  assert.deepEqual([hedy?.reason(), guest?.reason()], [null, null]);
});

test("a missed end is found at the next check, and no stream is ended while the storage fails", async () => {
  using calls = new Calls({ maxStreamsPerUser: 20, recheckIntervalMs: 1 });
  const failing = () => Promise.reject(new ChatError("STORE_BUSY", "the database is busy"));
  const broken = () => Promise.reject(new Error("a bug"));
  const [gone, ...stay] = [notWelcome, welcome, failing, broken].map((recheck) =>
    streamOf(callerOf("ada"), recheck),
  );
  for (const each of [...stay, gone]) if (each) calls.addStream(each.stream);
  assert.equal(await gone?.ended, "SUSPENDED");
  assert.ok(stay.every(({ reason }) => reason() === null));
});

test("a stream that has ended is left alone", () => {
  using calls = new Calls({ maxStreamsPerUser: 20 });
  const { stream, reason } = streamOf(callerOf("ada"));
  calls.addStream(stream);
  calls.removeStream(stream);
  calls.endSessions(["session of ada" as SessionId], revoked());
  void calls.drain();
  assert.equal(reason(), null);
});

test("a server that drains ends its streams, refuses calls, and waits for those that run", async () => {
  using calls = new Calls({ maxStreamsPerUser: 20 });
  const { stream, reason } = streamOf(ANONYMOUS);
  calls.addStream(stream);
  calls.begin();
  let isDrained = false;
  const drained = calls.drain().then(() => {
    isDrained = true;
  });
  assert.equal(reason(), "SHUTTING_DOWN");
  assert.throws(() => calls.begin(), { reason: "SHUTTING_DOWN" });
  const late = streamOf(ANONYMOUS);
  calls.addStream(late.stream);
  assert.equal(late.reason(), "SHUTTING_DOWN");
  await Promise.resolve();
  assert.equal(isDrained, false);
  calls.finish();
  await drained;
});
