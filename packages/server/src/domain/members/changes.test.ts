import assert from "node:assert/strict";
import { test } from "node:test";
import { describeTrace } from "../access/decisions.ts";
import { PERMISSIONS, type Permission, type RoomRole } from "../access/permissions.ts";
import type { RoomAccess } from "../access/room-access.ts";
import { NOW_MS, sampleAccount, sampleMember, sampleObject, sampleRoom } from "../access/testing.ts";
import type { SystemRole } from "../users/system-roles.ts";
import {
  type ChangeDecision,
  decideInvitation,
  decideMemberUpdate,
  decideRemoval,
  type Invitation,
  type MemberPatch,
  type MemberQuery,
  patchMembership,
} from "./changes.ts";
import type { Membership } from "./membership.ts";

const LATER = NOW_MS + 1;
const timed = (permission: Permission, expiresAtMs: number | null = null) => [{ permission, expiresAtMs }];

/** The default is an owner of a group room and one other member; the fields list the differences. */
interface Scene {
  readonly room?: Partial<RoomAccess>;
  readonly actorRole?: SystemRole;
  readonly actor?: Partial<Membership> | null;
  readonly targetRole?: SystemRole;
  readonly target?: Partial<Membership> | null;
  readonly isBlocked?: boolean;
  readonly otherLastingOwners?: number;
}

function query(scene: Scene): MemberQuery {
  const { actor = { role: "owner" }, target = {}, isBlocked = false, otherLastingOwners = 1 } = scene;
  return {
    actor: sampleAccount({ role: scene.actorRole ?? "user" }),
    object: sampleObject({ room: sampleRoom(scene.room), membership: actor && sampleMember(actor) }),
    target: {
      account: sampleAccount({ role: scene.targetRole ?? "user" }),
      isSelf: false,
      membership: target && sampleMember(target),
      isBlocked,
      otherLastingOwners,
    },
  };
}

function ownQuery(own: Partial<Membership>, { otherLastingOwners = 1, ...scene }: Scene = {}): MemberQuery {
  const { target, ...rest } = query({ ...scene, actor: own, target: own });
  return { ...rest, target: { ...target, isSelf: true, otherLastingOwners } };
}

const tell = (decision: ChangeDecision) =>
  `${decision.decidedBy} ${decision.allowed ? "allows" : decision.reason}`;
const update = (scene: Scene, patch: MemberPatch) => tell(decideMemberUpdate(query(scene), patch, NOW_MS));
const updateOwn = (own: Partial<Membership>, patch: MemberPatch, scene?: Scene) =>
  tell(decideMemberUpdate(ownQuery(own, scene), patch, NOW_MS));
const remove = (scene: Scene) => tell(decideRemoval(query(scene), NOW_MS));
const leave = (own: Partial<Membership>, scene?: Scene) => tell(decideRemoval(ownQuery(own, scene), NOW_MS));
const invite = (scene: Scene, offer: Partial<Invitation> = {}) =>
  tell(decideInvitation(query(scene), { role: "member", expiresAtMs: null, ...offer }, NOW_MS));

const PERMITTED = "change-permitted allows";
const OUTRANKED = "outranks-target NOT_PERMITTED";
const OUT_OF_REACH = "role-within-reach NOT_PERMITTED";
const MORE_THAN_OWN = "grants-only-own NOT_PERMITTED";
const NO_MEMBER = "target-state MEMBER_NOT_FOUND";

test("nobody removes, mutes or bans their equals or whoever stands above", () => {
  const roles: readonly RoomRole[] = ["guest", "member", "moderator", "owner"];
  for (const actor of ["moderator", "owner"] as const) {
    for (const role of roles) {
      const verdict = roles.indexOf(actor) > roles.indexOf(role) ? PERMITTED : OUTRANKED;
      const scene = { actor: { role: actor }, target: { role } };
      assert.equal(remove(scene), verdict, `${actor} removes ${role}`);
      assert.equal(update(scene, { mutedUntilMs: LATER }), verdict, `${actor} mutes ${role}`);
      assert.equal(update(scene, { state: "banned" }), verdict, `${actor} bans ${role}`);
    }
  }
});

test("a member changes nobody's membership, a stranger does not learn of the room", () => {
  assert.equal(remove({ actor: {} }), "nothing-grants NOT_PERMITTED");
  assert.equal(update({ actor: {} }, { role: "guest" }), "nothing-grants NOT_PERMITTED");
  assert.equal(remove({ actor: null }), "room-visible ROOM_NOT_FOUND");
});

test("an administrator's or a service's membership is not for a room's owners to change", () => {
  assert.equal(update({ targetRole: "admin" }, { state: "banned" }), OUTRANKED);
  assert.equal(update({ targetRole: "service", target: null }, { state: "banned" }), OUTRANKED);
  assert.equal(
    update({ actorRole: "admin", actor: null, target: { role: "owner" } }, { role: "member" }),
    PERMITTED,
  );
});

test("a system moderator keeps order in public rooms as a moderator would", () => {
  const scene = { room: { isPublic: true }, actorRole: "moderator", actor: null } as const;
  assert.equal(update(scene, { state: "banned" }), PERMITTED);
  assert.equal(update({ ...scene, target: { role: "moderator" } }, { state: "banned" }), OUTRANKED);
  assert.equal(update(scene, { role: "moderator" }), OUT_OF_REACH);
});

test("owners make moderators and owners, moderators make neither", () => {
  assert.equal(update({}, { role: "moderator" }), PERMITTED);
  assert.equal(update({}, { role: "owner" }), PERMITTED);
  assert.equal(update({ actor: { role: "moderator" } }, { role: "moderator" }), OUT_OF_REACH);
  assert.equal(update({ actor: { role: "moderator" } }, { role: "owner" }), OUT_OF_REACH);
  assert.equal(
    update({ actor: { role: "moderator" }, target: { role: "guest" } }, { role: "member" }),
    PERMITTED,
  );
});

test("nobody gives what they lack", () => {
  const moderator = { role: "moderator" } as const;
  assert.equal(update({ actor: moderator }, { allow: timed("pin") }), PERMITTED);
  assert.equal(update({ actor: moderator }, { allow: timed("manage-room") }), MORE_THAN_OWN);
  assert.equal(
    update({ actor: { ...moderator, deny: timed("pin") } }, { allow: timed("pin") }),
    MORE_THAN_OWN,
  );
});

test("an invitation counts as what it will give, and stands as high as what it invites to", () => {
  const actor = { role: "moderator" } as const;
  const target = { state: "invited" } as const;
  assert.equal(update({ actor, target }, { allow: timed("manage-room") }), MORE_THAN_OWN);
  assert.equal(remove({ actor, target }), PERMITTED);
  assert.equal(remove({ actor, target: { ...target, role: "owner" } }), OUTRANKED);
});

test("who was an owner and left, or knocks, comes back with the role that others may give", () => {
  const everything = { allow: PERMISSIONS.flatMap((permission) => timed(permission)) };
  const left = { role: "owner", state: "left" } as const;
  assert.equal(invite({ actor: everything, target: left }, { role: "owner" }), OUT_OF_REACH);
  assert.equal(invite({ actor: everything, target: left }), PERMITTED);
  const inviter = { role: "guest", allow: timed("invite") } as const;
  assert.equal(invite({ actor: inviter, target: { state: "knocking" } }), OUT_OF_REACH);
  const knocking = { role: "owner", state: "knocking" } as const;
  assert.equal(update({ actor: { role: "moderator" }, target: knocking }, { state: "joined" }), OUT_OF_REACH);
  assert.equal(update({ target: knocking }, { state: "joined" }), PERMITTED);
});

test("lifting a denial and lasting longer are grants as well", () => {
  const actor = { role: "moderator" } as const;
  const denied = { allow: timed("manage-room"), deny: timed("manage-room") };
  assert.equal(update({ actor, target: denied }, { deny: [] }), MORE_THAN_OWN);
  assert.equal(update({ actor, target: denied }, { deny: timed("manage-room", LATER) }), MORE_THAN_OWN);
  const forNow = { allow: timed("manage-room", LATER) };
  assert.equal(update({ actor, target: forNow }, { allow: timed("manage-room", LATER + 1) }), MORE_THAN_OWN);
  assert.equal(update({ actor, target: forNow }, { mutedUntilMs: LATER }), PERMITTED);
  const visitor = { allow: timed("manage-room"), expiresAtMs: LATER };
  assert.equal(update({ actor, target: visitor }, { expiresAtMs: null }), MORE_THAN_OWN);
});

test("two harmless fields that add up to a grant are refused together", () => {
  const actor = { role: "owner", deny: timed("manage-room") } as const;
  const target = { deny: timed("manage-room") };
  assert.equal(update({ actor, target }, { role: "owner" }), PERMITTED);
  assert.equal(update({ actor, target }, { deny: [] }), PERMITTED);
  assert.equal(update({ actor, target }, { role: "owner", deny: [] }), MORE_THAN_OWN);
});

test("what the room gives to every member may be given by whoever lets them in", () => {
  const actor = { role: "moderator", deny: timed("post") } as const;
  assert.equal(update({ actor, target: { state: "knocking" } }, { state: "joined" }), PERMITTED);
  assert.equal(update({ actor, target: { deny: timed("post") } }, { deny: [] }), PERMITTED);
  assert.equal(invite({ actor, target: null }), PERMITTED);
});

test("the last owner neither leaves nor steps down nor runs out", () => {
  const owner = { role: "owner" } as const;
  const alone = { otherLastingOwners: 0 };
  assert.equal(leave(owner, alone), "last-owner LAST_OWNER");
  assert.equal(updateOwn(owner, { role: "moderator" }, alone), "last-owner LAST_OWNER");
  assert.equal(leave(owner), PERMITTED);
  assert.equal(updateOwn(owner, { role: "moderator" }), PERMITTED);
  const byAdmin = { actorRole: "admin", actor: null, target: owner, ...alone } as const;
  assert.equal(remove(byAdmin), "last-owner LAST_OWNER");
  assert.equal(update(byAdmin, { state: "banned" }), "last-owner LAST_OWNER");
  assert.equal(update(byAdmin, { expiresAtMs: LATER }), "last-owner LAST_OWNER");
  assert.equal(update(byAdmin, { mutedUntilMs: LATER }), PERMITTED);
});

test("members may lower their own role or leave, and change nothing else of themselves", () => {
  const moderator = { role: "moderator", mutedUntilMs: LATER } as const;
  assert.equal(updateOwn(moderator, { role: "member" }), PERMITTED);
  for (const patch of [
    { role: "owner" },
    { role: "moderator" },
    { mutedUntilMs: null },
    { allow: timed("pin") },
    { expiresAtMs: LATER },
    { role: "member", allow: timed("pin") },
    {},
  ] as const) {
    assert.equal(updateOwn(moderator, patch), "own-membership NOT_PERMITTED", JSON.stringify(patch));
  }
  assert.equal(leave({ state: "invited" }), PERMITTED);
  assert.equal(leave({ state: "knocking" }), PERMITTED);
  assert.equal(leave({}, { room: { kind: "direct" } }), PERMITTED);
  assert.equal(leave({ state: "left" }, { room: { isPublic: true } }), NO_MEMBER);
});

test("nobody is made a member against their will", () => {
  assert.equal(update({ target: { state: "knocking" } }, { state: "joined" }), PERMITTED);
  assert.equal(update({ target: { state: "invited" } }, { state: "joined" }), "target-state NOT_PERMITTED");
  assert.equal(update({ target: { state: "banned" } }, { state: "joined" }), "target-state NOT_PERMITTED");
  assert.equal(update({ target: { state: "left" } }, { state: "joined" }), NO_MEMBER);
});

test("a ban needs no membership, and is lifted as such, not by removing", () => {
  assert.equal(update({ target: null }, { state: "banned" }), PERMITTED);
  assert.equal(update({ target: { state: "banned" } }, { state: "left" }), PERMITTED);
  assert.equal(update({ target: { state: "banned" } }, { expiresAtMs: LATER }), PERMITTED);
  assert.equal(remove({ target: { state: "banned" } }), NO_MEMBER);
  assert.equal(remove({ target: null }), NO_MEMBER);
  assert.equal(update({ target: null }, { mutedUntilMs: LATER }), NO_MEMBER);
});

test("members invite members, owners also moderators", () => {
  assert.equal(invite({ actor: {}, target: null }), PERMITTED);
  assert.equal(invite({ actor: {}, target: null }, { role: "moderator" }), OUT_OF_REACH);
  assert.equal(invite({ target: null }, { role: "moderator" }), PERMITTED);
  assert.equal(invite({ actor: { role: "guest" }, target: null }), "nothing-grants NOT_PERMITTED");
  assert.equal(invite({ actor: {}, target: null, targetRole: "admin" }), PERMITTED);
  assert.equal(invite({ actor: {}, target: null, room: { kind: "direct" } }), "direct-room NOT_PERMITTED");
});

test("only who is not in the room is invited, and who is banned is not", () => {
  assert.equal(invite({}), "target-state ALREADY_MEMBER");
  assert.equal(invite({ target: { state: "invited" } }), "target-state ALREADY_MEMBER");
  assert.equal(invite({ target: { state: "banned" } }), "target-state BANNED");
  assert.equal(invite({ target: { state: "left" } }), PERMITTED);
  assert.equal(invite({ target: { state: "knocking" } }), PERMITTED);
  assert.equal(invite({ target: { state: "banned", expiresAtMs: NOW_MS } }), PERMITTED);
});

test("a ban does not end with the membership that it replaces", () => {
  const { target } = query({ target: { expiresAtMs: LATER } });
  assert.equal(patchMembership(target, { state: "banned" }, NOW_MS).expiresAtMs, null);
  assert.equal(patchMembership(target, { state: "banned", expiresAtMs: LATER }, NOW_MS).expiresAtMs, LATER);
  assert.equal(patchMembership(target, { mutedUntilMs: LATER }, NOW_MS).expiresAtMs, LATER);
});

test("in a direct room nobody gets a role or a permission of their own, whoever gives it", () => {
  const patches = [
    { role: "owner" },
    { allow: [{ permission: "manage-members", expiresAtMs: null }] },
  ] as const;
  for (const patch of patches) {
    const asked = query({ actorRole: "admin", room: { kind: "direct" } });
    assert.equal(decideMemberUpdate(asked, patch, NOW_MS).decidedBy, "direct-equals");
  }
  const muting = query({ actorRole: "admin", room: { kind: "direct" } });
  assert.ok(decideMemberUpdate(muting, { mutedUntilMs: NOW_MS + 1 }, NOW_MS).allowed);
});

test("a change's trace goes on from the permission's", () => {
  const decision = decideMemberUpdate(query({ target: { role: "owner" } }), { role: "guest" }, NOW_MS);
  assert.deepEqual(describeTrace(decision.trace).slice(-7), [
    "role-default: allows, the role owner of a group room may manage-members",
    "target-state: passes",
    "blocked-by-target: passes",
    "direct-equals: passes",
    "own-membership: passes",
    "last-owner: passes",
    "outranks-target: denies, this user is owner here: only who stands above may do that",
  ]);
});

test("nobody invites who has blocked them, but services, which act for the application", () => {
  const invitation = { role: "member", expiresAtMs: null } as const;
  for (const actorRole of ["user", "moderator", "admin", "service"] as const) {
    const { decidedBy } = decideInvitation(
      query({ actorRole, target: null, isBlocked: true }),
      invitation,
      NOW_MS,
    );
    assert.equal(decidedBy, actorRole === "service" ? "change-permitted" : "blocked-by-target");
  }
});

test("nobody lets in who has knocked and blocked them, and may still ban or refuse them", () => {
  const scene = { target: { state: "knocking" }, isBlocked: true } as const;
  assert.equal(update(scene, { state: "joined" }), "blocked-by-target NOT_PERMITTED");
  assert.equal(update({ ...scene, actorRole: "service" }, { state: "joined" }), "change-permitted allows");
  assert.equal(update({ ...scene, isBlocked: false }, { state: "joined" }), "change-permitted allows");
  assert.equal(update(scene, { state: "banned" }), "change-permitted allows");
  assert.equal(remove(scene), "change-permitted allows");
  assert.equal(update({ isBlocked: true }, { role: "moderator" }), "change-permitted allows");
});
