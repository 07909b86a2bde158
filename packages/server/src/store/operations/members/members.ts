import type { Transaction } from "kysely";
import { decide } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import type { UserId } from "../../../domain/ids.ts";
import {
  decideMemberUpdate,
  decideRemoval,
  type MemberQuery,
  patchMembership,
} from "../../../domain/members/changes.ts";
import { isSameMembership, stateNow } from "../../../domain/members/membership.ts";
import { removedFor } from "../../../domain/members/removal.ts";
import { type Member, toOutsiders } from "../../../domain/rooms/room.ts";
import { type Account, accountStateNow } from "../../../domain/users/system-roles.ts";
import { userNotFound } from "../../../domain/users/user.ts";
import type { RoomQuery } from "../../port/rooms.ts";
import { selectMembers, toMember } from "../../tables/members.ts";
import type { Schema } from "../../tables/schema.ts";
import { appendAudit } from "../admin/audit.ts";
import type { Operation } from "../operation.ts";
import { readStanding, type Standing } from "../rooms/access.ts";
import { hasBlocked } from "../users/blocks.ts";
import { findUser } from "../users/users.ts";
import { requirePlace } from "./places.ts";
import { countOtherOwners, putMember, readMember } from "./records.ts";

export const listMembers: Operation<"listMembers"> = async (db, query) => {
  const { roomId, afterId, limit, nowMs } = query;
  const state = query.state ?? "joined";
  const standing = await readStanding(db, query);
  requireAllowed(decide(query.actor, "see", standing, nowMs));
  const managing = decide(query.actor, "manage-members", standing, nowMs);
  // Only people who manage members see who was invited, knocks, has left or was banned.
  if (state !== "joined") requireAllowed(managing);
  const rows = await selectMembers(db)
    .where("members.room_id", "=", roomId)
    .where("members.user_id", ">", afterId)
    .where("members.state", "=", state)
    .where((where) =>
      where.or([where("members.expires_at", "is", null), where("members.expires_at", ">", nowMs)]),
    )
    .orderBy("members.user_id")
    .limit(limit)
    .execute();
  const members = rows.map(toMember);
  const isInside = managing.allowed || stateNow(standing.membership, nowMs) === "joined";
  return isInside ? members : members.map(toOutsiders);
};

export const updateMember: Operation<"updateMember"> = async (trx, change) => {
  const { actor, roomId, userId, patch, reason, nowMs, audit } = change;
  const { query, standing, before, isThere } = await readTarget(trx, change);
  requireAllowed(decideMemberUpdate(query, patch, nowMs));
  if (!isThere) throw userNotFound("member.user_id");
  const { room } = standing;
  if (!room) throw new Error(`the room ${roomId} was changed and is not there`);
  const joins = patch.state === "joined" && before?.state !== "joined";
  if (joins) await requirePlace(trx, room, nowMs);

  const patched = patchMembership(query.target, patch, nowMs);
  const after = joins ? { ...patched, joinedSeq: room.lastSeq } : patched;
  const unexplained = { roomId, userId, before, after, actorId: actor.id, nowMs };
  const write = { ...unexplained, removedFor: removedFor(userId, { ...unexplained, reason }) };
  if (before && isSameMembership(before, after) && before.removedFor === write.removedFor) {
    return { changes: [], member: before };
  }
  const written = await putMember(trx, write);
  await appendAudit(trx, audit);
  if (written.change.kind !== "member") throw new Error("a member was written as something else");
  return { changes: [written], member: written.change.member };
};

export const removeMember: Operation<"removeMember"> = async (trx, removal) => {
  const { actor, roomId, userId, reason, nowMs, audit } = removal;
  const { query, before } = await readTarget(trx, removal);
  requireAllowed(decideRemoval(query, nowMs));
  const after = patchMembership(query.target, { state: "left" }, nowMs);
  const write = { roomId, userId, before, after, actorId: actor.id, nowMs };
  const change = await putMember(trx, { ...write, removedFor: removedFor(userId, { ...write, reason }) });
  if (!query.target.isSelf) await appendAudit(trx, audit);
  return { changes: [change] };
};

// The rules answer about someone who isn't there as about any stranger: first comes whether one may ask.
const STRANGER: Account = { role: "user", roleUntilMs: null, state: { kind: "active" } };

interface Target {
  readonly query: MemberQuery;
  readonly standing: Standing;
  readonly before: Member | null;
  /** There is such an account, and it isn't erased. */
  readonly isThere: boolean;
}

/** Everything the membership rules need. */
async function readTarget(
  trx: Transaction<Schema>,
  { actor, roomId, userId, nowMs }: RoomQuery & { userId: UserId },
): Promise<Target> {
  const standing = await readStanding(trx, { actor, roomId, nowMs });
  const account = await findUser(trx, { userId });
  const before = account && (await readMember(trx, roomId, userId));
  const target = {
    account: account ?? STRANGER,
    isSelf: userId === actor.id,
    membership: before,
    isBlocked: await hasBlocked(trx, { userId, otherId: actor.id }),
    otherLastingOwners: await countOtherOwners(trx, roomId, userId),
  };
  const isThere = account !== null && accountStateNow(account, nowMs).kind !== "erased";
  return { query: { actor, object: standing, target }, standing, before, isThere };
}
