import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId, UserId } from "../../domain/ids.ts";
import { Person } from "./person.ts";

const [DESK, PHONE] = ["desk" as SessionId, "phone" as SessionId];
const NOW = 1_000_000;

test("of several sessions the most present one counts, each for five seconds after its last stream", () => {
  const person = new Person("ada" as UserId);
  assert.equal(person.presence, "offline");
  const closeDesk = person.open(DESK);
  const closeOther = person.open(DESK);
  const closePhone = person.open(PHONE);
  assert.equal(person.setActivity(DESK, "away"), true);
  assert.equal(person.presence, "online");
  closePhone(NOW);
  person.settle(NOW + 4_999);
  assert.equal(person.presence, "online");
  person.settle(NOW + 5_000);
  assert.equal(person.presence, "away");
  assert.equal(person.setActivity(PHONE, "online"), false, "it has no stream");
  closeDesk(NOW + 10_000);
  person.settle(NOW + 60_000);
  assert.equal(person.presence, "away", "the desk's other stream is open");
  closeOther(NOW + 60_000);
  assert.equal(person.lastSeenMs(NOW + 61_000), NOW + 60_000);
  person.settle(NOW + 65_000);
  assert.deepEqual([person.presence, person.isGone], ["offline", true]);
});

test("a clock that goes back keeps nobody there", () => {
  const person = new Person("ada" as UserId);
  person.open(DESK)(NOW);
  const backMs = NOW - 3_600_000;
  person.settle(backMs);
  person.settle(backMs + 5_000);
  assert.equal(person.isGone, true);
});
