import type { Kysely, Transaction } from "kysely";
import type { UserId } from "../../domain/ids.ts";
import {
  decideMemberUpdate,
  decideRemoval,
  type MemberQuery,
  patchMembership,
} from "../../domain/member-changes.ts";
import type { Member } from "../../domain/rooms.ts";
import { type Account, accountStateNow } from "../../domain/system-roles.ts";
import type { Refused } from "../port/outcomes.ts";
import type { RoomQuery, RoomStore } from "../port/rooms.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { admit, readMember, readStanding, type Standing, toRefused } from "./room-access.ts";
import { refuseIfFull } from "./room-places.ts";
import { selectMembers, toMember } from "./room-rows.ts";
import { countOtherOwners, putMember } from "./room-writes.ts";
import { refused } from "./undoable.ts";
import { findUser } from "./users.ts";

export async function listMembers(
  db: Kysely<Schema>,
  query: Parameters<RoomStore["listMembers"]>[0],
): ReturnType<RoomStore["listMembers"]> {
  const { roomId, afterId, limit, nowMs } = query;
  const state = query.state ?? "joined";
  const seen = await admit(db, query, "see");
  if (seen.kind === "refused") return seen;
  // Who was invited, knocks, has left or was banned is known to those who decide about it.
  const admitted = state === "joined" ? seen : await admit(db, query, "manage-members");
  if (admitted.kind === "refused") return admitted;
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
  return { kind: "done", members: rows.map(toMember) };
}

export async function updateMember(
  db: Kysely<Schema>,
  change: Parameters<RoomStore["updateMember"]>[0],
): ReturnType<RoomStore["updateMember"]> {
  const { actor, roomId, userId, patch, nowMs, audit } = change;
  return db.transaction().execute(async (trx) => {
    const { query, standing, before, isThere } = await readTarget(trx, change);
    const decision = decideMemberUpdate(query, patch, nowMs);
    if (!decision.allowed) return toRefused(decision);
    if (!isThere) return noSuchUser();
    const { room } = standing;
    if (!room) throw new Error(`the room ${roomId} was changed and is not there`);
    const joins = patch.state === "joined" && before?.state !== "joined";
    const full = joins ? await refuseIfFull(trx, room, nowMs) : null;
    if (full) return full;

    const patched = patchMembership(query.target, patch, nowMs);
    const after = joins ? { ...patched, joinedSeq: room.lastSeq } : patched;
    const written = await putMember(trx, { roomId, userId, before, after, actorId: actor.id, nowMs });
    await appendAudit(trx, audit);
    if (written.change.kind !== "member") throw new Error("a member was written as something else");
    return { kind: "done", changes: [written], member: written.change.member };
  });
}

export async function removeMember(
  db: Kysely<Schema>,
  removal: Parameters<RoomStore["removeMember"]>[0],
): ReturnType<RoomStore["removeMember"]> {
  const { actor, roomId, userId, nowMs, audit } = removal;
  return db.transaction().execute(async (trx) => {
    const { query, before } = await readTarget(trx, removal);
    const decision = decideRemoval(query, nowMs);
    if (!decision.allowed) return toRefused(decision);
    const after = patchMembership(query.target, { state: "left" }, nowMs);
    const change = await putMember(trx, { roomId, userId, before, after, actorId: actor.id, nowMs });
    if (!query.target.isSelf) await appendAudit(trx, audit);
    return { kind: "done", changes: [change] };
  });
}

// The rules answer about someone who isn't there as about any stranger: first comes whether one may ask.
const STRANGER: Account = { role: "user", roleUntilMs: null, state: { kind: "active" } };

interface Target {
  readonly query: MemberQuery;
  readonly standing: Standing;
  readonly before: Member | null;
  /** Whether there is such an account. */
  readonly isThere: boolean;
}

/** What is decided about somebody's membership by. */
async function readTarget(
  trx: Transaction<Schema>,
  { actor, roomId, userId, nowMs }: RoomQuery & { userId: UserId },
): Promise<Target> {
  const standing = await readStanding(trx, actor.id, roomId);
  const account = await findUser(trx, { userId });
  const before = account && (await readMember(trx, roomId, userId));
  const target = {
    account: account ?? STRANGER,
    isSelf: userId === actor.id,
    membership: before,
    otherLastingOwners: await countOtherOwners(trx, roomId, userId),
  };
  const isThere = account !== null && accountStateNow(account, nowMs).kind !== "erased";
  return { query: { actor, object: standing, target }, standing, before, isThere };
}

function noSuchUser(): Refused {
  return refused("USER_NOT_FOUND", "there is no such user", "member.user_id");
}
