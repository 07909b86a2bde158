import assert from "node:assert/strict";
import { test } from "node:test";
import { decide, permissionsOf, wayIn } from "./decide.ts";
import type { Action } from "./room-access.ts";
import {
  NOW_MS,
  type Situation,
  sampleAccount,
  sampleMember,
  sampleObject,
  sampleRoom,
  verdictOn,
} from "./testing.ts";

const ENDED = NOW_MS;
const LATER = NOW_MS + 1;

const ADMIN = { role: "admin" } as const;
const SYSTEM_MODERATOR = { role: "moderator" } as const;
const DELETED = { state: "deleted" } as const;
const DIRECT = { kind: "direct" } as const;
const PUBLIC = { isPublic: true } as const;
const OPEN = { isPublic: true, joinRule: "open" } as const;
const KNOCK = { isPublic: true, joinRule: "knock" } as const;
const INVITED = { state: "invited" } as const;
const KNOCKING = { state: "knocking" } as const;
const BANNED = { state: "banned" } as const;
const suspendedUntil = (untilMs: number | null) => ({ state: { kind: "suspended", untilMs } }) as const;

/** The default is a member of a group room; the situation lists the differences. */
const cases: readonly [name: string, action: Action, situation: Situation, verdict: string][] = [
  ["a suspended user", "read", { actor: suspendedUntil(LATER) }, "account-active SUSPENDED"],
  ["a suspended admin", "read", { actor: { ...ADMIN, ...suspendedUntil(null) } }, "account-active SUSPENDED"],
  ["a suspension that has ended", "read", { actor: suspendedUntil(ENDED) }, "role-default allows"],
  ["an erased account", "read", { actor: { state: { kind: "erased" } } }, "account-active USER_NOT_FOUND"],

  ["no such room", "read", { room: null }, "room-visible ROOM_NOT_FOUND"],
  ["no such room for an admin", "read", { actor: ADMIN, room: null }, "room-visible ROOM_NOT_FOUND"],
  ["a stranger", "see", { member: null }, "room-visible ROOM_NOT_FOUND"],
  ["who left", "read", { member: { state: "left" } }, "room-visible ROOM_NOT_FOUND"],
  ["who is banned", "read", { member: BANNED }, "room-visible ROOM_NOT_FOUND"],
  ["an ended membership", "read", { member: { expiresAtMs: ENDED } }, "room-visible ROOM_NOT_FOUND"],
  [
    "an ended invitation",
    "join",
    { member: { ...INVITED, expiresAtMs: ENDED } },
    "room-visible ROOM_NOT_FOUND",
  ],
  ["a system moderator", "see", { actor: SYSTEM_MODERATOR, member: null }, "room-visible ROOM_NOT_FOUND"],
  [
    "a public direct room",
    "see",
    { room: { ...DIRECT, ...PUBLIC }, member: null },
    "room-visible ROOM_NOT_FOUND",
  ],
  [
    "a deleted public room",
    "see",
    { room: { ...PUBLIC, ...DELETED }, member: null },
    "room-visible ROOM_NOT_FOUND",
  ],

  ["a deleted room's member", "read", { room: DELETED }, "room-deleted ROOM_DELETED"],
  [
    "a deleted room's owner",
    "see",
    { room: DELETED, member: { role: "owner" } },
    "room-deleted ROOM_DELETED",
  ],
  ["an admin in a deleted room", "read", { actor: ADMIN, room: DELETED }, "room-deleted ROOM_DELETED"],

  ["inviting into a direct room", "invite", { room: DIRECT }, "direct-room NOT_PERMITTED"],
  [
    "an admin who joins one",
    "join",
    { actor: ADMIN, room: DIRECT, member: null },
    "direct-room NOT_PERMITTED",
  ],
  [
    "a service that invites",
    "invite",
    { actor: { role: "service" }, room: DIRECT },
    "direct-room NOT_PERMITTED",
  ],

  ["an admin", "manage-room", { actor: ADMIN, member: null }, "system-role allows"],
  ["a muted admin", "post", { actor: ADMIN, member: { mutedUntilMs: LATER } }, "system-role allows"],
  ["a banned admin", "post", { actor: ADMIN, member: BANNED }, "system-role allows"],
  [
    "an admin no more",
    "read",
    { actor: { ...ADMIN, roleUntilMs: ENDED }, member: null },
    "room-visible ROOM_NOT_FOUND",
  ],
  ["a service", "post", { actor: { role: "service" }, room: DIRECT, member: null }, "system-role allows"],
  [
    "an admin in a direct room",
    "read",
    { actor: ADMIN, room: DIRECT, member: null },
    "membership NOT_A_MEMBER",
  ],
  ["an admin on a report", "delete-any", { actor: ADMIN, room: DIRECT, member: null }, "system-role allows"],
  ["an admin among friends", "post", { actor: ADMIN, room: DIRECT }, "role-default allows"],
  [
    "a system moderator in public",
    "delete-any",
    { actor: SYSTEM_MODERATOR, room: PUBLIC, member: null },
    "system-role allows",
  ],
  [
    "a system moderator in public",
    "post",
    { actor: SYSTEM_MODERATOR, room: PUBLIC, member: null },
    "membership NOT_A_MEMBER",
  ],

  ["who is banned in public", "see", { room: PUBLIC, member: BANNED }, "banned BANNED"],
  ["who is banned from an open room", "join", { room: OPEN, member: BANNED }, "banned BANNED"],
  ["an ended ban", "join", { room: OPEN, member: { ...BANNED, expiresAtMs: ENDED } }, "join-rule allows"],

  ["a stranger in public", "see", { room: PUBLIC, member: null }, "room-seen allows"],
  ["a guest in public", "see", { actor: { role: "guest" }, room: PUBLIC, member: null }, "room-seen allows"],
  ["who is invited", "see", { member: INVITED }, "room-seen allows"],
  ["a member", "see", {}, "room-seen allows"],

  ["a member", "join", {}, "joined-already allows"],
  ["who is invited", "join", { member: INVITED }, "invited allows"],
  ["who is invited", "knock", { room: KNOCK, member: INVITED }, "invited allows"],
  ["a stranger to an open room", "join", { room: OPEN, member: null }, "join-rule allows"],
  ["a stranger to an open room", "knock", { room: OPEN, member: null }, "join-rule NOT_PERMITTED"],
  ["where one knocks", "join", { room: KNOCK, member: null }, "join-rule APPROVAL_REQUIRED"],
  ["where one knocks", "knock", { room: KNOCK, member: null }, "join-rule allows"],
  ["who knocks already", "knock", { room: KNOCK, member: KNOCKING }, "join-rule allows"],
  ["who knocks already", "join", { room: KNOCK, member: KNOCKING }, "join-rule APPROVAL_REQUIRED"],
  ["by invitation only", "join", { room: PUBLIC, member: null }, "join-rule INVITE_REQUIRED"],
  ["by invitation only", "knock", { room: PUBLIC, member: null }, "join-rule INVITE_REQUIRED"],

  ["a stranger to an open room", "read", { room: OPEN, member: null }, "membership NOT_A_MEMBER"],
  ["who is invited", "read", { member: INVITED }, "membership NOT_A_MEMBER"],
  ["who knocks", "read", { room: KNOCK, member: KNOCKING }, "membership NOT_A_MEMBER"],
];

for (const [name, action, situation, verdict] of cases) {
  test(`${name}, ${action}: ${verdict}`, () => {
    assert.equal(verdictOn(action, situation), verdict);
  });
}

test("who may not do something is told the permission that it takes", () => {
  const decision = decide(sampleAccount({ role: "user" }), "mention-all", sampleObject({}), NOW_MS);
  const words = "this takes the permission MENTION_ALL, which is not given in this room";
  assert.equal(!decision.allowed && decision.explanation, words);
});

test("naming oneself knocks only where that is asked for, and not with an invitation", () => {
  const room = sampleRoom(KNOCK);
  assert.equal(wayIn(room, null, NOW_MS), "knock");
  assert.equal(wayIn(room, sampleMember(KNOCKING), NOW_MS), "knock");
  assert.equal(wayIn(room, sampleMember(INVITED), NOW_MS), "join");
  assert.equal(wayIn(room, sampleMember(), NOW_MS), "join");
  assert.equal(wayIn(sampleRoom(OPEN), null, NOW_MS), "join");
  assert.equal(wayIn(sampleRoom(PUBLIC), null, NOW_MS), "join");
});

test("what an actor may do does not depend on the room's pace", () => {
  const room = sampleRoom({ slowModeMs: 10, requiredLikes: 3 });
  const object = sampleObject({ room, lastPost: { atMs: NOW_MS, likes: 0 } });
  assert.deepEqual(
    [...permissionsOf(sampleAccount(), object, NOW_MS)],
    ["read", "post", "react", "edit-own", "delete-own", "invite"],
  );
});
