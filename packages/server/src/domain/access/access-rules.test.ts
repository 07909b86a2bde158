import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "./decide.ts";
import { describeTrace } from "./decisions.ts";
import { PERMISSIONS, type Permission } from "./permissions.ts";
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

const BROADCAST = { kind: "broadcast" } as const;
const MODERATOR = { role: "moderator" } as const;
const OWNER = { role: "owner" } as const;
const UNWANTED = { room: { kind: "direct" }, reach: "nobody-willing" } as const;
const ALONE = { room: { kind: "direct" }, reach: "nobody-left" } as const;
const ALL_BUT_READ = PERMISSIONS.filter((permission) => permission !== "read");
const only = (...memberPermissions: Permission[]) => ({ memberPermissions });
const timed = (permission: Permission, expiresAtMs: number | null = null) => [{ permission, expiresAtMs }];
const posted = (agoMs: number, likes = 0) => ({ atMs: NOW_MS - agoMs, likes });

/** The default is a member of a group room; the situation lists the differences. */
const cases: readonly [name: string, action: Action, situation: Situation, verdict: string][] = [
  ["who reaches nobody willing", "post", UNWANTED, "direct-messages DM_NOT_ALLOWED"],
  ["who reaches nobody willing", "edit-own", UNWANTED, "direct-messages DM_NOT_ALLOWED"],
  ["who reaches nobody willing", "react", UNWANTED, "direct-messages DM_NOT_ALLOWED"],
  ["who reaches nobody willing", "pin", UNWANTED, "direct-messages DM_NOT_ALLOWED"],
  ["who reaches nobody willing", "read", UNWANTED, "role-default allows"],
  ["who reaches nobody willing", "delete-own", UNWANTED, "role-default allows"],
  ["an unwanted admin", "post", { ...UNWANTED, actor: { role: "admin" } }, "direct-messages DM_NOT_ALLOWED"],
  ["an unwanted service", "post", { ...UNWANTED, actor: { role: "service" } }, "system-role allows"],
  ["nobody willing in a group", "post", { reach: "nobody-willing" }, "role-default allows"],
  ["whose others are erased", "post", ALONE, "room-closed ROOM_CLOSED"],
  ["whose others are erased", "read", ALONE, "role-default allows"],
  ["whose others are erased", "delete-own", ALONE, "role-default allows"],
  ["a service among the erased", "post", { ...ALONE, actor: { role: "service" } }, "room-closed ROOM_CLOSED"],
  ["a stranger to the erased", "post", { ...ALONE, member: null }, "room-visible ROOM_NOT_FOUND"],
  ["nobody left in a group", "post", { reach: "nobody-left" }, "role-default allows"],

  ["a muted member", "post", { member: { mutedUntilMs: LATER } }, "muted MUTED"],
  ["a muted member", "react", { member: { mutedUntilMs: LATER } }, "muted MUTED"],
  ["a muted member", "edit-own", { member: { mutedUntilMs: LATER } }, "muted MUTED"],
  ["a muted owner", "mention-all", { member: { ...OWNER, mutedUntilMs: LATER } }, "muted MUTED"],
  ["a muted member", "read", { member: { mutedUntilMs: LATER } }, "role-default allows"],
  ["a muted member", "delete-own", { member: { mutedUntilMs: LATER } }, "role-default allows"],
  [
    "a muted, allowed member",
    "post",
    { member: { mutedUntilMs: LATER, allow: timed("post") } },
    "muted MUTED",
  ],
  ["an ended mute", "post", { member: { mutedUntilMs: ENDED } }, "role-default allows"],

  ["a denied owner", "post", { member: { ...OWNER, deny: timed("post") } }, "member-deny NOT_PERMITTED"],
  [
    "denied and allowed",
    "pin",
    { member: { allow: timed("pin"), deny: timed("pin", LATER) } },
    "member-deny NOT_PERMITTED",
  ],
  ["denied something else", "post", { member: { deny: timed("react") } }, "role-default allows"],
  ["an ended denial", "post", { member: { deny: timed("post", ENDED) } }, "role-default allows"],

  ["too soon", "post", { room: { slowModeMs: 10 }, lastPost: posted(9) }, "slow-mode SLOW_MODE"],
  ["soon enough", "post", { room: { slowModeMs: 10 }, lastPost: posted(10) }, "role-default allows"],
  ["too soon", "react", { room: { slowModeMs: 10 }, lastPost: posted(9) }, "role-default allows"],
  ["the first post", "post", { room: { slowModeMs: 10, requiredLikes: 3 } }, "role-default allows"],
  [
    "too few likes",
    "post",
    { room: { requiredLikes: 3 }, lastPost: posted(9, 2) },
    "required-likes LIKES_REQUIRED",
  ],
  ["likes enough", "post", { room: { requiredLikes: 3 }, lastPost: posted(9, 3) }, "role-default allows"],
  [
    "a moderator, too soon",
    "post",
    { room: { slowModeMs: 10 }, member: MODERATOR, lastPost: posted(9) },
    "role-default allows",
  ],
  [
    "an owner whom none likes",
    "post",
    { room: { requiredLikes: 3 }, member: OWNER, lastPost: posted(9) },
    "role-default allows",
  ],

  ["an allowed member", "pin", { member: { allow: timed("pin", LATER) } }, "member-allow allows"],
  ["an ended allowance", "pin", { member: { allow: timed("pin", ENDED) } }, "nothing-grants NOT_PERMITTED"],
  [
    "allowed against the policy",
    "pin",
    { room: only("read"), member: { allow: timed("pin") } },
    "member-allow allows",
  ],

  ["a policy that lets", "pin", { room: only("read", "pin") }, "room-policy allows"],
  ["a policy that doesn't let", "post", { room: only("read") }, "room-policy NOT_PERMITTED"],
  [
    "a policy and a guest",
    "post",
    { room: only("read"), member: { role: "guest" } },
    "room-policy NOT_PERMITTED",
  ],
  ["a policy and a moderator", "post", { room: only("read"), member: MODERATOR }, "role-default allows"],
  [
    "a generous policy",
    "manage-room",
    { room: only(...PERMISSIONS), member: MODERATOR },
    "room-policy allows",
  ],
  ["a policy without reading", "read", { room: only(...ALL_BUT_READ) }, "room-policy NOT_PERMITTED"],
  ["members who broadcast", "post", { room: { ...BROADCAST, ...only("post") } }, "room-policy allows"],

  ["a broadcast room's member", "read", { room: BROADCAST }, "role-default allows"],
  ["a broadcast room's member", "post", { room: BROADCAST }, "nothing-grants NOT_PERMITTED"],
  ["a broadcast room's moderator", "post", { room: BROADCAST, member: MODERATOR }, "role-default allows"],
  ["a moderator", "manage-room", { member: MODERATOR }, "nothing-grants NOT_PERMITTED"],
  ["an owner", "manage-room", { member: OWNER }, "role-default allows"],
];

for (const [name, action, situation, verdict] of cases) {
  test(`${name}, ${action}: ${verdict}`, () => {
    assert.equal(verdictOn(action, situation), verdict);
  });
}

test("slow mode says when to come back, and never later than its own length", () => {
  const room = sampleRoom({ slowModeMs: 10 });
  const retryAfterMs = (agoMs: number) => {
    const object = sampleObject({ room, lastPost: posted(agoMs) });
    const decision = decide(sampleAccount(), "post", object, NOW_MS);
    return decision.allowed ? undefined : decision.retryAfterMs;
  };
  assert.equal(retryAfterMs(9), 1);
  assert.equal(retryAfterMs(0), 10);
  assert.equal(retryAfterMs(-50), 10);
  assert.equal(retryAfterMs(-60_000), 10);
  assert.equal(retryAfterMs(-60_001), undefined, "the clock was set back");
  assert.equal(retryAfterMs(10), undefined);
});

test("a decision tells every rule that was asked, in order, and why the last one decided", () => {
  const object = sampleObject({ membership: sampleMember({ mutedUntilMs: 2_000 }) });
  assert.deepEqual(describeTrace(decide(sampleAccount(), "post", object, NOW_MS).trace), [
    "account-active: passes",
    "room-visible: passes",
    "room-deleted: passes",
    "direct-room: passes",
    "room-closed: passes",
    "system-role: passes",
    "banned: passes",
    "room-seen: passes",
    "joined-already: passes",
    "invited: passes",
    "join-rule: passes",
    "membership: passes",
    "direct-messages: passes",
    "muted: denies, muted in this room until 1970-01-01T00:00:02.000Z",
  ]);
});
