import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  defaultPermits,
  PERMISSIONS,
  ROOM_ROLES,
  type RoomKind,
  type RoomRole,
  rolePermits,
} from "./permissions.ts";
import { permissions, roomRoles, rooms } from "./testing.ts";

/**
 * Columns as in PERMISSIONS: read post react edit-own delete-own delete-any pin mention-all invite manage-members
 * manage-room.
 */
const expected = {
  direct: {
    guest: "+++++......",
    member: "+++++.+....",
    moderator: "+++++.+....",
    owner: "+++++.+....",
  },
  group: {
    guest: "+++++......",
    member: "+++++...+..",
    moderator: "++++++++++.",
    owner: "+++++++++++",
  },
  broadcast: {
    guest: "+.+........",
    member: "+.+........",
    moderator: "++++++++++.",
    owner: "+++++++++++",
  },
} as const;

test("each role's permissions by kind of room are those of the table", () => {
  for (const kind of Object.keys(expected) as RoomKind[]) {
    for (const role of ROOM_ROLES) {
      const row = PERMISSIONS.map((permission) => (defaultPermits(kind, role, permission) ? "+" : "."));
      assert.equal(row.join(""), expected[kind][role], `${kind} ${role}`);
    }
  }
});

test("each role may do all that the one below it may, whatever the room's policy", () => {
  fc.assert(
    fc.property(rooms, (room) => {
      for (const permission of PERMISSIONS) {
        const permitted = ROOM_ROLES.map((role) => rolePermits(room, role, permission));
        assert.deepEqual(permitted, [...permitted].sort(), permission);
      }
    }),
  );
});

test("a change of the policy gives no role what it does not give to members", () => {
  fc.assert(
    fc.property(rooms, rooms, roomRoles, permissions, (before, { memberPermissions }, role, permission) => {
      const after = { ...before, memberPermissions };
      const gains = (who: RoomRole) =>
        !rolePermits(before, who, permission) && rolePermits(after, who, permission);
      assert.ok(!gains(role) || gains("member"));
    }),
  );
});

test("an empty policy leaves the defaults, another replaces what members may do", () => {
  const room = { kind: "group", memberPermissions: ["read", "pin"] } as const;
  assert.equal(rolePermits({ ...room, memberPermissions: [] }, "member", "post"), true);
  assert.equal(rolePermits(room, "member", "post"), false);
  assert.equal(rolePermits(room, "member", "pin"), true);
});

test("a policy about members takes from guests what it takes from members, and adds nothing to them", () => {
  const room = { kind: "group", memberPermissions: ["read", "pin"] } as const;
  assert.equal(rolePermits(room, "guest", "post"), false);
  assert.equal(rolePermits(room, "guest", "read"), true);
  assert.equal(rolePermits(room, "guest", "pin"), false);
});
