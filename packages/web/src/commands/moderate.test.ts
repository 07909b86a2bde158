import assert from "node:assert/strict";
import { test } from "node:test";
import type { Member } from "@confab/client/core";
import { memberIn } from "./find-people.ts";
import { muteOf } from "./moderate.ts";

const called = (handle: string, displayName: string): Member => ({ user: { handle, displayName } }) as Member;

test("a mute has a time and a reason, and lasts an hour without a time", () => {
  assert.deepEqual(muteOf("10m spam"), { durationMs: 600_000, reason: "spam" });
  assert.deepEqual(muteOf("2h"), { durationMs: 7_200_000, reason: "" });
  assert.deepEqual(muteOf("off topic"), { durationMs: 3_600_000, reason: "off topic" });
  assert.deepEqual(muteOf("0m x"), { durationMs: 3_600_000, reason: "0m x" });
});

test("a member is named by handle or by name, and a handle goes first", () => {
  const members = [called("ada", "Ada Lovelace"), called("", "Linus"), called("grace", "Ada Lovelace")];
  assert.equal(memberIn("@ada spam", members).rest, "spam");
  assert.equal(memberIn("linus go away", members).rest, "go away");
  assert.throws(
    () =>
      memberIn(
        "Ada Lovelace",
        [members[2], members[2]].filter((each) => each !== undefined),
      ),
    /several/,
  );
  assert.throws(() => memberIn("nobody", members), /nobody/);
  assert.throws(() => memberIn("", members), /whom/);
});
