import type { Transaction } from "kysely";
import { decide, wayIn } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import type { RoomRole } from "../../../domain/access/permissions.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { EndMs } from "../../../domain/expiry.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { decideInvitation } from "../../../domain/members/changes.ts";
import { type Entry, enter, stateNow } from "../../../domain/members/membership.ts";
import { addsAtOnce, entryRole, mayGrantRole, rankIn } from "../../../domain/members/room-roles.ts";
import type { Member, Room } from "../../../domain/rooms/room.ts";
import { accountStateNow, roleNow } from "../../../domain/users/system-roles.ts";
import type { User } from "../../../domain/users/user.ts";
import type { Changed } from "../../port/changed.ts";
import type { MemberStore } from "../../port/members.ts";
import type { Schema } from "../../tables/schema.ts";
import { appendAudit } from "../admin/audit.ts";
import type { Operation } from "../operation.ts";
import { admit, readStanding, type Standing } from "../rooms/access.ts";
import { hasBlocked } from "../users/blocks.ts";
import { findUsers } from "../users/users.ts";
import { requirePlace } from "./places.ts";
import { putMember, readMember } from "./records.ts";

type Addition = Parameters<MemberStore["addMembers"]>[0];

interface Added extends Changed {
  readonly members: readonly Member[];
}

interface Entering {
  readonly entry: Entry;
  readonly before: Member | null;
}

export const addMembers: Operation<"addMembers"> = async (trx, addition) => {
  await admit(trx, addition, "see");
  return addAll(trx, addition);
};

/** Invites, joins or knocks, each user as the rules have it. A refusal undoes the transaction. */
export async function addAll(trx: Transaction<Schema>, addition: Addition): Promise<Added> {
  const { actor, roomId, nowMs, audit } = addition;
  const users = new Map((await findUsers(trx, addition)).map((user) => [user.id, user]));
  const changes: RoomChange[] = [];
  const members: Member[] = [];
  for (const userId of addition.userIds) {
    const user = users.get(userId);
    const isThere = user && accountStateNow(user, nowMs).kind !== "erased";
    if (!isThere) {
      throw new ChatError("USER_NOT_FOUND", `there is no user "${userId}"`, { field: "user_ids" });
    }
    // Read again for each user: an actor who names themselves first is a member when they invite the others.
    const standing = await readStanding(trx, { actor, roomId, nowMs });
    const { room } = standing;
    if (!room) throw new Error(`the room ${roomId} was there and is not`);
    const isSelf = userId === actor.id;
    const { before, entry } = isSelf
      ? enterOneself(addition, room, standing)
      : await invite(trx, { addition, room, standing, user });
    if (entry.state === "joined") await requirePlace(trx, room, nowMs);

    const after = enter(before, entry);
    const change = await putMember(trx, { roomId, userId, before, after, actorId: actor.id, nowMs });
    changes.push(change);
    if (change.change.kind === "member") members.push(change.change.member);
    if (!isSelf) {
      const detail = `room ${roomId}; ${entry.state}; ${entry.role}`;
      await appendAudit(trx, { ...audit, targetId: userId, detail });
    }
  }
  return { changes, members };
}

function enterOneself(
  { actor, role: wanted, expiresAtMs, nowMs }: Addition,
  room: Room,
  standing: Standing,
): Entering {
  const before = standing.membership;
  const atOnce = addsAtOnce(actor, nowMs);
  const way = atOnce ? "join" : wayIn(room, before, nowMs);
  requireAllowed(decide(actor, way, standing, nowMs));
  const state = stateNow(before, nowMs);
  if (state === "joined") throw new ChatError("ALREADY_MEMBER", "you have joined this room already");
  if (way === "knock" && state === "knocking") {
    throw new ChatError("ALREADY_MEMBER", "you have knocked already: wait to be let in");
  }

  const invitation = state === "invited" ? before : null;
  const ownRole = invitation?.role ?? entryRole(roleNow(actor, nowMs));
  const role = wanted ?? ownRole;
  const reach = rankIn(room, { account: actor, membership: before }, nowMs);
  if (role !== ownRole && !(atOnce && mayGrantRole(reach, role))) {
    const problem = `you enter this room as ${ownRole}: one doesn't choose one's role`;
    throw new ChatError("NOT_PERMITTED", problem, { field: "role" });
  }
  const end = earlierOf(expiresAtMs, invitation?.expiresAtMs ?? null);
  if (way === "knock") return { before, entry: waiting("knocking", role, end) };
  return { before, entry: joining(room, role, end) };
}

async function invite(
  trx: Transaction<Schema>,
  { addition, room, standing, user }: { addition: Addition; room: Room; standing: Standing; user: User },
): Promise<Entering> {
  const { actor, expiresAtMs, nowMs } = addition;
  const before = await readMember(trx, room.id, user.id);
  const role = addition.role ?? entryRole(roleNow(user, nowMs));
  const atOnce = addsAtOnce(actor, nowMs);
  // An invitation that waits is no obstacle to whoever adds at once.
  const isOvertaken = atOnce && before !== null && stateNow(before, nowMs) === "invited";
  const target = {
    account: user,
    isSelf: false,
    membership: isOvertaken ? { ...before, state: "left" as const } : before,
    isBlocked: await hasBlocked(trx, { userId: user.id, otherId: actor.id }),
    otherLastingOwners: 0,
  };
  const decision = decideInvitation({ actor, object: standing, target }, { role, expiresAtMs }, nowMs);
  const isAboutTarget = decision.decidedBy === "target-state" || decision.decidedBy === "blocked-by-target";
  if (!decision.allowed && isAboutTarget) {
    const explanation = `"${user.id}": ${decision.explanation}`;
    requireAllowed({ ...decision, explanation }, "user_ids");
  }
  requireAllowed(decision);
  const entry = atOnce ? joining(room, role, expiresAtMs) : waiting("invited", role, expiresAtMs);
  return { before, entry };
}

function joining(room: Room, role: RoomRole, expiresAtMs: EndMs): Entry {
  return { state: "joined", role, expiresAtMs, joinedSeq: room.lastSeq };
}

function waiting(state: "invited" | "knocking", role: RoomRole, expiresAtMs: EndMs): Entry {
  return { state, role, expiresAtMs, joinedSeq: 0 };
}

function earlierOf(one: EndMs, other: EndMs): EndMs {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
