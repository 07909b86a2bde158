import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ROOM_ROLES } from "../access/permissions.ts";
import {
  activeAccounts,
  memberships,
  NOW_MS,
  roomRoles,
  rooms,
  sampleAccount,
  sampleMember,
  sampleRoom,
} from "../access/testing.ts";
import { addsAtOnce, entryRole, mayGrantRole, outranks, type Rank, rankIn } from "./room-roles.ts";

const RANKS = ["none", ...ROOM_ROLES, "service", "admin"] as const satisfies readonly Rank[];

test("ranks are in one order, and nobody stands above their equals", () => {
  for (const [height, one] of RANKS.entries()) {
    for (const [otherHeight, other] of RANKS.entries()) {
      assert.equal(outranks(one, other), height > otherHeight, `${one} ${other}`);
    }
  }
});

test("the roles that each rank may give are those of the table", () => {
  const given = RANKS.map((rank) => ROOM_ROLES.filter((role) => mayGrantRole(rank, role)));
  const all = [...ROOM_ROLES];
  assert.deepEqual(given, [[], ["guest"], ["guest", "member"], ["guest", "member"], all, all, all]);
});

test("nobody gives a role above their own", () => {
  fc.assert(
    fc.property(fc.constantFrom(...RANKS), roomRoles, (rank, role) => {
      if (mayGrantRole(rank, role)) assert.equal(outranks(role, rank), false);
    }),
  );
});

test("a system moderator stands as a moderator in public rooms only, and keeps a higher role", () => {
  const account = sampleAccount({ role: "moderator" });
  const publicRoom = sampleRoom({ isPublic: true });
  const owner = sampleMember({ role: "owner" });
  assert.equal(rankIn(publicRoom, { account, membership: null }, NOW_MS), "moderator");
  assert.equal(rankIn(publicRoom, { account, membership: sampleMember() }, NOW_MS), "moderator");
  assert.equal(rankIn(publicRoom, { account, membership: owner }, NOW_MS), "owner");
  assert.equal(rankIn(sampleRoom(), { account, membership: null }, NOW_MS), "none");
});

test("administrators and services stand above every member, as long as they are it", () => {
  for (const role of ["admin", "service"] as const) {
    const account = sampleAccount({ role, roleUntilMs: NOW_MS + 1 });
    assert.equal(rankIn(sampleRoom(), { account, membership: null }, NOW_MS), role);
    assert.equal(rankIn(sampleRoom(), { account, membership: null }, NOW_MS + 1), "none");
    assert.equal(addsAtOnce(account, NOW_MS), true);
    assert.equal(addsAtOnce(account, NOW_MS + 1), false);
  }
});

test("who is neither joined nor invited has no rank of their own", () => {
  fc.assert(
    fc.property(activeAccounts, rooms, memberships, (account, room, membership) => {
      const gone = { ...membership, expiresAtMs: NOW_MS };
      assert.deepEqual(
        rankIn(room, { account, membership: gone }, NOW_MS),
        rankIn(room, { account, membership: null }, NOW_MS),
      );
    }),
  );
});

test("guests enter as guests, everyone else as a member", () => {
  assert.equal(entryRole("guest"), "guest");
  for (const role of ["user", "moderator", "admin", "service"] as const) {
    assert.equal(entryRole(role), "member");
  }
});
