import type { Transaction } from "kysely";
import type { RoomChange } from "../../domain/changes.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { Membership } from "../../domain/membership.ts";
import type { ReactionCount } from "../../domain/messages.ts";
import type { Erasure } from "../port/accounts.ts";
import type { Schema } from "../schema.ts";
import { putCounts, recount } from "./reactions.ts";
import { selectMembers, toMember } from "./room-rows.ts";
import { putMember } from "./room-writes.ts";
import { ToldChanges } from "./told-changes.ts";
import { leaveTombstones } from "./tombstone.ts";

/** How many messages become tombstones at a time. */
const BATCH_MESSAGES = 1_000;

/** In these, one is in a room in some way; who left or was banned is not. */
export const PRESENT_STATES = ["invited", "knocking", "joined"] as const satisfies Membership["state"][];

/**
 * Takes a user out of all rooms, with their reactions and mentions, and with `eraseMessages` with what they
 * wrote. A direct room stays for those who are left, to be read; a room may be left without an owner.
 */
export async function eraseFromRooms(
  trx: Transaction<Schema>,
  { userId, eraseMessages, nowMs, audit }: Pick<Erasure, "userId" | "eraseMessages" | "nowMs" | "audit">,
): Promise<readonly RoomChange[]> {
  const told = new ToldChanges();
  const actorId = audit.actorId ?? "";
  if (eraseMessages) await eraseTexts(trx, { userId, actorId, nowMs }, told);
  await takeBackReactions(trx, { userId, nowMs }, told);
  await leaveRooms(trx, { userId, actorId, nowMs }, told);
  await trx.deleteFrom("mentions").where("user_id", "=", userId).execute();
  return told.changes;
}

interface Leaver {
  readonly userId: UserId;
  readonly actorId: UserId | "";
  readonly nowMs: number;
}

async function eraseTexts(
  trx: Transaction<Schema>,
  { userId, actorId, nowMs }: Leaver,
  told: ToldChanges,
): Promise<void> {
  const own = await trx
    .selectFrom("messages")
    .select(["room_id", "seq"])
    .where("sender_id", "=", userId)
    .where("deleted", "=", 0)
    .orderBy("room_id")
    .orderBy("seq")
    .execute();
  for (const [roomId, rows] of Map.groupBy(own, (row) => row.room_id as RoomId)) {
    for (let start = 0; start < rows.length; start += BATCH_MESSAGES) {
      const seqs = rows.slice(start, start + BATCH_MESSAGES).map((row) => row.seq);
      told.add(await leaveTombstones(trx, { roomId, seqs, actorId, nowMs }));
    }
  }
}

async function takeBackReactions(
  trx: Transaction<Schema>,
  { userId, nowMs }: Pick<Leaver, "userId" | "nowMs">,
  told: ToldChanges,
): Promise<void> {
  const given = await trx
    .deleteFrom("reactions")
    .where("user_id", "=", userId)
    .returning(["room_id", "seq", "emoji"])
    .execute();
  for (const { room_id, seq, emoji } of given) {
    const roomId = room_id as RoomId;
    const message = await trx
      .selectFrom("messages")
      .select("reactions")
      .where("room_id", "=", roomId)
      .where("seq", "=", seq)
      .executeTakeFirstOrThrow();
    const before = JSON.parse(message.reactions) as ReactionCount[];
    const reactions = recount(before, { emoji, removed: true });
    const revision = await putCounts(trx, { roomId, seq, reactions });
    const change = { kind: "reaction", seq: Number(seq), emoji, removed: true } as const;
    told.add([{ roomId, revision, actorId: userId, atMs: nowMs, change }]);
  }
}

async function leaveRooms(
  trx: Transaction<Schema>,
  { userId, actorId, nowMs }: Leaver,
  told: ToldChanges,
): Promise<void> {
  // What the room is found by when it is opened again: nobody can open one with someone who is gone.
  await trx
    .updateTable("rooms")
    .set({ direct_key: null })
    .where("kind", "=", "direct")
    .where("id", "in", (members) =>
      members.selectFrom("members").select("room_id").where("user_id", "=", userId),
    )
    .execute();
  const rows = await selectMembers(trx)
    .where("members.user_id", "=", userId)
    .where("members.state", "in", PRESENT_STATES)
    .orderBy("members.room_id")
    .execute();
  const gone = { state: "left", expiresAtMs: null, mutedUntilMs: null, allow: [], deny: [] } as const;
  for (const row of rows) {
    const before = toMember(row);
    const { roomId } = before;
    const after = { ...before, ...gone };
    told.add([await putMember(trx, { roomId, userId, before, after, actorId, nowMs })]);
  }
}
