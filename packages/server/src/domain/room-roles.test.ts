import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  activeAccounts,
  memberships,
  NOW_MS,
  roomRoles,
  rooms,
  sampleAccount,
  sampleMember,
  sampleRoom,
} from "./access-samples.ts";
import { ROOM_ROLES } from "./permissions.ts";
import { addsAtOnce, entryRole, mayGrantRole, outranks, type Standing, standingIn } from "./room-roles.ts";

const STANDINGS = ["none", ...ROOM_ROLES, "service", "admin"] as const satisfies readonly Standing[];

test("standings are in one order, and nobody stands above their equals", () => {
  for (const [height, one] of STANDINGS.entries()) {
    for (const [otherHeight, other] of STANDINGS.entries()) {
      assert.equal(outranks(one, other), height > otherHeight, `${one} ${other}`);
    }
  }
});

test("the roles that each standing may give are those of the table", () => {
  const given = STANDINGS.map((standing) => ROOM_ROLES.filter((role) => mayGrantRole(standing, role)));
  const all = [...ROOM_ROLES];
  assert.deepEqual(given, [[], ["guest"], ["guest", "member"], ["guest", "member"], all, all, all]);
});

test("nobody gives a role above their own", () => {
  fc.assert(
    fc.property(fc.constantFrom(...STANDINGS), roomRoles, (standing, role) => {
      if (mayGrantRole(standing, role)) assert.equal(outranks(role, standing), false);
    }),
  );
});

test("a system moderator stands as a moderator in public rooms only, and keeps a higher role", () => {
  const account = sampleAccount({ role: "moderator" });
  const publicRoom = sampleRoom({ isPublic: true });
  const owner = sampleMember({ role: "owner" });
  assert.equal(standingIn(publicRoom, { account, membership: null }, NOW_MS), "moderator");
  assert.equal(standingIn(publicRoom, { account, membership: sampleMember() }, NOW_MS), "moderator");
  assert.equal(standingIn(publicRoom, { account, membership: owner }, NOW_MS), "owner");
  assert.equal(standingIn(sampleRoom(), { account, membership: null }, NOW_MS), "none");
});

test("administrators and services stand above every member, as long as they are it", () => {
  for (const role of ["admin", "service"] as const) {
    const account = sampleAccount({ role, roleUntilMs: NOW_MS + 1 });
    assert.equal(standingIn(sampleRoom(), { account, membership: null }, NOW_MS), role);
    assert.equal(standingIn(sampleRoom(), { account, membership: null }, NOW_MS + 1), "none");
    assert.equal(addsAtOnce(account, NOW_MS), true);
    assert.equal(addsAtOnce(account, NOW_MS + 1), false);
  }
});

test("who is neither joined nor invited has no standing of their own", () => {
  fc.assert(
    fc.property(activeAccounts, rooms, memberships, (account, room, membership) => {
      const gone = { ...membership, expiresAtMs: NOW_MS };
      assert.deepEqual(
        standingIn(room, { account, membership: gone }, NOW_MS),
        standingIn(room, { account, membership: null }, NOW_MS),
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
