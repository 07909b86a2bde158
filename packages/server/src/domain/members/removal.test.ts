import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId, UserId } from "../ids.ts";
import type { Member } from "../rooms/room.ts";
import { enter, type MemberState } from "./membership.ts";
import { removedFor } from "./removal.ts";

const NOW = 1_000_000;
const [ADA, GRACE] = ["ada" as UserId, "grace" as UserId];

function memberOf(state: MemberState, before: string | null = null): Member {
  const entry = enter(null, { role: "member", state: "joined", expiresAtMs: null, joinedSeq: 0 });
  const record = { roomId: "room" as RoomId, userId: ADA, readSeq: 0, revision: 1, removedFor: before };
  return { ...entry, ...record, state };
}

const change = (before: Member | null, state: MemberState, reason: string, actorId = GRACE) =>
  removedFor(ADA, { actorId, before, after: memberOf(state), reason, nowMs: NOW });

test("who is removed, banned or turned down is out for the reason that was given", () => {
  for (const state of ["joined", "invited", "knocking"] as const) {
    assert.equal(change(memberOf(state), "left", "spam"), "spam");
    assert.equal(change(memberOf(state), "banned", ""), "");
  }
  assert.equal(change(memberOf("left"), "banned", "spam"), "spam");
});

test("who leaves by themselves, is in, or never was is not out for a reason", () => {
  assert.equal(change(null, "banned", "spam"), null);
  assert.equal(change(memberOf("joined"), "left", "bored", ADA), null);
  assert.equal(change(memberOf("banned", "spam"), "joined", "forgiven"), null);
});

test("a change of something else keeps the reason, or gives a better one", () => {
  assert.equal(change(memberOf("banned", "spam"), "banned", ""), "spam");
  assert.equal(change(memberOf("banned", "spam"), "banned", "much spam"), "much spam");
  assert.equal(change(memberOf("left"), "left", "a note"), null);
  assert.equal(change(memberOf("banned", "spam"), "left", "forgiven"), "forgiven");
});
