import type { Kysely, Transaction } from "kysely";
import type { RoomChange } from "../../domain/changes.ts";
import { decide, wayIn } from "../../domain/decide.ts";
import type { EndMs } from "../../domain/expiry.ts";
import { decideInvitation } from "../../domain/member-changes.ts";
import { type Entry, enter, stateNow } from "../../domain/membership.ts";
import type { RoomRole } from "../../domain/permissions.ts";
import { addsAtOnce, entryRole, mayGrantRole, standingIn } from "../../domain/room-roles.ts";
import type { Member, Room } from "../../domain/rooms.ts";
import { accountStateNow, roleNow } from "../../domain/system-roles.ts";
import type { User } from "../../domain/users.ts";
import type { Refused } from "../port/outcomes.ts";
import type { RoomStore } from "../port/rooms.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { admit, readMember, readStanding, type Standing, toRefused } from "./room-access.ts";
import { refuseIfFull } from "./room-places.ts";
import { putMember } from "./room-writes.ts";
import { refused, undoable } from "./undoable.ts";
import { findUsers } from "./users.ts";

export type Addition = Parameters<RoomStore["addMembers"]>[0];

interface Added {
  readonly kind: "done";
  readonly changes: readonly RoomChange[];
  readonly members: readonly Member[];
}

interface Entering {
  readonly kind: "entering";
  readonly entry: Entry;
  readonly before: Member | null;
}

export function addMembers(db: Kysely<Schema>, addition: Addition): ReturnType<RoomStore["addMembers"]> {
  return undoable(db, async (trx) => {
    const seen = await admit(trx, addition, "see");
    return seen.kind === "refused" ? seen : addAll(trx, addition);
  });
}

/** Invites, joins or knocks, each user as the rules have it. A refusal undoes the transaction. */
export async function addAll(trx: Transaction<Schema>, addition: Addition): Promise<Added | Refused> {
  const { actor, roomId, nowMs, audit } = addition;
  const users = new Map((await findUsers(trx, addition)).map((user) => [user.id, user]));
  const changes: RoomChange[] = [];
  const members: Member[] = [];
  for (const userId of addition.userIds) {
    const user = users.get(userId);
    const isThere = user && accountStateNow(user, nowMs).kind !== "erased";
    if (!isThere) return refused("USER_NOT_FOUND", `there is no user "${userId}"`, "user_ids");
    // Read anew for each: who names themselves first is a member when they invite the others.
    const standing = await readStanding(trx, actor.id, roomId);
    const { room } = standing;
    if (!room) throw new Error(`the room ${roomId} was there and is not`);
    const isSelf = userId === actor.id;
    const entering = isSelf
      ? enterOneself(addition, room, standing)
      : await invite(trx, { addition, room, standing, user });
    if (entering.kind === "refused") return entering;
    const { before, entry } = entering;
    const full = entry.state === "joined" ? await refuseIfFull(trx, room, nowMs) : null;
    if (full) return full;

    const after = enter(before, entry);
    const change = await putMember(trx, { roomId, userId, before, after, actorId: actor.id, nowMs });
    changes.push(change);
    if (change.change.kind === "member") members.push(change.change.member);
    if (!isSelf) {
      const detail = `room ${roomId}; ${entry.state}; ${entry.role}`;
      await appendAudit(trx, { ...audit, targetId: userId, detail });
    }
  }
  return { kind: "done", changes, members };
}

function enterOneself(
  { actor, role: wanted, expiresAtMs, nowMs }: Addition,
  room: Room,
  standing: Standing,
): Entering | Refused {
  const before = standing.membership;
  const atOnce = addsAtOnce(actor, nowMs);
  const way = atOnce ? "join" : wayIn(room, before, nowMs);
  const decision = decide(actor, way, standing, nowMs);
  if (!decision.allowed) return toRefused(decision);
  const state = stateNow(before, nowMs);
  if (state === "joined") return refused("ALREADY_MEMBER", "you have joined this room already");
  if (way === "knock" && state === "knocking") {
    return refused("ALREADY_MEMBER", "you have knocked already: wait to be let in");
  }

  const invitation = state === "invited" ? before : null;
  const ownRole = invitation?.role ?? entryRole(roleNow(actor, nowMs));
  const role = wanted ?? ownRole;
  const reach = standingIn(room, { account: actor, membership: before }, nowMs);
  if (role !== ownRole && !(atOnce && mayGrantRole(reach, role))) {
    return refused(
      "NOT_PERMITTED",
      `you enter this room as ${ownRole}: one doesn't choose one's role`,
      "role",
    );
  }
  const end = earlierOf(expiresAtMs, invitation?.expiresAtMs ?? null);
  if (way === "knock") return { kind: "entering", before, entry: waiting("knocking", role, end) };
  return { kind: "entering", before, entry: joining(room, role, end) };
}

async function invite(
  trx: Transaction<Schema>,
  { addition, room, standing, user }: { addition: Addition; room: Room; standing: Standing; user: User },
): Promise<Entering | Refused> {
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
    otherLastingOwners: 0,
  };
  const decision = decideInvitation({ actor, object: standing, target }, { role, expiresAtMs }, nowMs);
  if (!decision.allowed) {
    const isAboutTarget = decision.decidedBy === "target-state";
    const named = { ...toRefused(decision), message: `"${user.id}": ${decision.explanation}` };
    return isAboutTarget ? { ...named, field: "user_ids" } : toRefused(decision);
  }
  const entry = atOnce ? joining(room, role, expiresAtMs) : waiting("invited", role, expiresAtMs);
  return { kind: "entering", before, entry };
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
