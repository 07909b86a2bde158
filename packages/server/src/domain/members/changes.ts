import { type AccessRuleName, decide, permissionsOf } from "../access/decide.ts";
import { allow, createDecider, type Decision, refuse } from "../access/decisions.ts";
import {
  PERMISSIONS,
  type Permission,
  type RoleTable,
  type RoomRole,
  rolePermits,
} from "../access/permissions.ts";
import type { AccessObject, Action } from "../access/room-access.ts";
import type { EndMs } from "../expiry.ts";
import { type Account, roleNow } from "../users/system-roles.ts";
import { enter, type Membership, stateNow, type TimedPermission } from "./membership.ts";
import { entryRole, rankIn } from "./room-roles.ts";
import { MEMBER_RULES, type MemberQuestion, type MemberRule, memberRules } from "./rules.ts";

/** A room's rules, then the rules for changing a membership. The last of these allows. */
type ChangeRuleName = AccessRuleName | MemberRule | "change-permitted";

export type ChangeDecision = Decision<ChangeRuleName>;

/** The member to change. */
interface MemberTarget {
  readonly account: Account;
  readonly isSelf: boolean;
  readonly membership: Membership | null;
  /** True if they have blocked the actor. */
  readonly isBlocked: boolean;
  /** The room's other joined owners, without those whose membership has an end. */
  readonly otherLastingOwners: number;
}

export interface MemberQuery {
  readonly actor: Account;
  /** The room, with the actor's own membership. */
  readonly object: AccessObject;
  readonly target: MemberTarget;
}

export interface Invitation {
  readonly role: RoomRole;
  readonly expiresAtMs: EndMs;
}

/** The fields of a membership that other users may change. Missing fields stay. */
export interface MemberPatch {
  readonly role?: RoomRole;
  /** `joined` approves a knock; `left` removes a member or lifts a ban. */
  readonly state?: "joined" | "left" | "banned";
  readonly expiresAtMs?: EndMs;
  readonly mutedUntilMs?: number | null;
  readonly allow?: readonly TimedPermission[];
  readonly deny?: readonly TimedPermission[];
}

/** Decides if a user may invite another. ALREADY_MEMBER means that there is nothing to do. */
export function decideInvitation(
  query: MemberQuery,
  { role, expiresAtMs }: Invitation,
  nowMs: number,
): ChangeDecision {
  const entry = { role, expiresAtMs, state: "invited", joinedSeq: 0 } as const;
  const after = enter(query.target.membership, entry);
  return decideChange(query, { change: "invite", needs: "invite", after, state: "invited" }, nowMs);
}

/**
 * Decides if a user may change a membership: role, mute, ban, approval, end, single permissions. It decides about all
 * fields of a request together, because two harmless changes can add up to a grant.
 */
export function decideMemberUpdate(query: MemberQuery, patch: MemberPatch, nowMs: number): ChangeDecision {
  const after = patchMembership(query.target, patch, nowMs);
  const needs = query.target.isSelf ? "see" : "manage-members";
  return decideChange(query, { change: "update", needs, after, state: patch.state ?? null }, nowMs);
}

/** Decides if a user may remove another from a room, or leave it. This covers members, invitations and knocks. */
export function decideRemoval(query: MemberQuery, nowMs: number): ChangeDecision {
  const after = patchMembership(query.target, { state: "left" }, nowMs);
  const needs = query.target.isSelf ? "see" : "manage-members";
  return decideChange(query, { change: "remove", needs, after, state: "left" }, nowMs);
}

/** Applies a patch to a membership. The result is what the rules judge and the store writes. */
export function patchMembership(
  { membership, account }: Pick<MemberTarget, "membership" | "account">,
  patch: MemberPatch,
  nowMs: number,
): Membership {
  const state = stateNow(membership, nowMs);
  const newcomer = { role: entryRole(roleNow(account, nowMs)), expiresAtMs: null, joinedSeq: 0 };
  const base: Membership =
    membership && state !== "left"
      ? membership
      : { ...enter(membership, { ...newcomer, state: "joined" }), state: "left" };
  // The end of a membership is not the end of a ban, so each state starts without an end.
  const isNewState = patch.state !== undefined && patch.state !== state;
  return { ...base, ...(isNewState && { expiresAtMs: null }), ...patch };
}

/** Decides if a user may set this list of member permissions. */
export function decidePolicyChange(
  { actor, object }: Pick<MemberQuery, "actor" | "object">,
  memberPermissions: readonly Permission[],
  nowMs: number,
): ChangeDecision {
  const base = decide(actor, "manage-room", object, nowMs);
  if (!base.allowed || !object.room) return base;
  const own = permissionsOf(actor, object, nowMs);
  const widened = widens(object.room, { kind: object.room.kind, memberPermissions });
  const excess = widened.find((permission) => !own.has(permission));
  const decision = excess
    ? settlePolicy("grants-only-own", refuse("NOT_PERMITTED", `${excess} is given only by who has it`))
    : settlePolicy("change-permitted", allow("the room may be managed"));
  return { ...decision, trace: [...base.trace, ...decision.trace] };
}

const settlePolicy = createDecider<ChangeRuleName>(["grants-only-own", "change-permitted"]);
const settleChange = createDecider<ChangeRuleName>([...MEMBER_RULES, "change-permitted"]);

interface Change extends Pick<MemberQuestion, "change" | "after" | "state"> {
  readonly needs: Action;
}

function decideChange({ actor, object, target }: MemberQuery, change: Change, nowMs: number): ChangeDecision {
  const base = decide(actor, change.needs, object, nowMs);
  const { room } = object;
  if (!base.allowed || !room) return base;

  const decision = decideMember(
    {
      ...change,
      room,
      isSelf: target.isSelf,
      actorRank: rankIn(room, { account: actor, membership: object.membership }, nowMs),
      own: permissionsOf(actor, object, nowMs),
      targetRank: rankIn(room, target, nowMs),
      before: target.membership,
      isBlocked: target.isBlocked,
      otherLastingOwners: target.otherLastingOwners,
      nowMs,
    },
    change.needs,
  );
  return { ...decision, trace: [...base.trace, ...decision.trace] };
}

function decideMember(question: MemberQuestion, needs: Action): ChangeDecision {
  for (const rule of MEMBER_RULES) {
    const verdict = memberRules[rule](question);
    if (verdict) return settleChange(rule, verdict);
  }
  return settleChange("change-permitted", allow(`${needs} is all that it takes`));
}

/** Returns the permissions that a new list adds for members. No other role gains more than members do. */
function widens(before: RoleTable, after: RoleTable): readonly Permission[] {
  return PERMISSIONS.filter(
    (permission) => !rolePermits(before, "member", permission) && rolePermits(after, "member", permission),
  );
}
