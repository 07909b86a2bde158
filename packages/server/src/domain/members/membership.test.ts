import assert from "node:assert/strict";
import { test } from "node:test";
import { NOW_MS, sampleMember, sampleRoom } from "../access/testing.ts";
import { enter, findTimed, grantedBy, stateNow } from "./membership.ts";

const ENTRY = { role: "member", state: "joined", expiresAtMs: null, joinedSeq: 7 } as const;

test("nobody on record, and a record that has ended, has left", () => {
  assert.equal(stateNow(null, NOW_MS), "left");
  for (const state of ["invited", "knocking", "joined", "left", "banned"] as const) {
    assert.equal(stateNow(sampleMember({ state, expiresAtMs: NOW_MS }), NOW_MS), "left");
    assert.equal(stateNow(sampleMember({ state, expiresAtMs: NOW_MS + 1 }), NOW_MS), state);
  }
});

test("of several entries for a permission the longest counts, and those that have ended don't", () => {
  const until = (expiresAtMs: number | null) => ({ permission: "pin", expiresAtMs }) as const;
  assert.equal(findTimed([until(NOW_MS), until(NOW_MS - 1)], "pin", NOW_MS), undefined);
  assert.deepEqual(findTimed([until(NOW_MS + 1), until(NOW_MS + 2)], "pin", NOW_MS), until(NOW_MS + 2));
  assert.deepEqual(findTimed([until(NOW_MS + 1), until(null)], "pin", NOW_MS), until(null));
  assert.equal(findTimed([until(null)], "post", NOW_MS), undefined);
});

test("a record gives its role's permissions, with its own allowances and without what it is denied", () => {
  const member = sampleMember({
    role: "guest",
    allow: [
      { permission: "pin", expiresAtMs: null },
      { permission: "invite", expiresAtMs: null },
    ],
    deny: [
      { permission: "invite", expiresAtMs: null },
      { permission: "post", expiresAtMs: null },
    ],
  });
  assert.deepEqual(
    [...grantedBy(member, sampleRoom(), NOW_MS)],
    ["read", "react", "edit-own", "delete-own", "pin"],
  );
});

test("a record that has ended gives nothing", () => {
  assert.equal(grantedBy(sampleMember({ expiresAtMs: NOW_MS }), sampleRoom(), NOW_MS).size, 0);
});

test("leaving and coming back sheds what was given and keeps what was held against one", () => {
  const deny = [{ permission: "react", expiresAtMs: null }] as const;
  const previous = sampleMember({
    role: "owner",
    state: "left",
    allow: [{ permission: "pin", expiresAtMs: null }],
    deny,
    mutedUntilMs: NOW_MS,
  });
  assert.deepEqual(enter(previous, ENTRY), { ...ENTRY, allow: [], deny, mutedUntilMs: NOW_MS });
});

test("whoever enters for the first time has nothing held against them", () => {
  assert.deepEqual(enter(null, ENTRY), { ...ENTRY, allow: [], deny: [], mutedUntilMs: null });
});
