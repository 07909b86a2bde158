import { type Kysely, sql } from "kysely";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import { type DirectPeer, isSharingAsked } from "../../../domain/rooms/direct.ts";
import type { DirectMessages } from "../../../domain/users/user.ts";
import { memberColumns, toMemberOrNull } from "../../tables/members.ts";
import type { Schema } from "../../tables/schema.ts";
import { toAccount } from "../../tables/users.ts";
import { compiledOnce } from "../compiled.ts";

interface PeersQuery {
  readonly actorId: UserId;
  readonly roomId: RoomId;
  /** Everyone whom the direct room is for. */
  readonly userIds: readonly UserId[];
  readonly nowMs: number;
}

/** Reads how the others whom a direct room is for stand with an actor: with one statement, while they are in it. */
export async function readPeers(
  db: Kysely<Schema>,
  { actorId, roomId, userIds, nowMs }: PeersQuery,
): Promise<readonly DirectPeer[]> {
  const others = userIds.filter((userId) => userId !== actorId);
  const rows = await selectPeers(db, { roomId, actorId, others }, [roomId, actorId, ...others]);
  const peers: DirectPeer[] = [];
  for (const row of rows) {
    const peer = {
      userId: row.peer_id as UserId,
      account: toAccount({ ...row, state: row.account_state, role: row.account_role }),
      membership: toMemberOrNull(row),
      hasBlocked: row.blocked === 1,
      directMessages: row.direct_messages,
      sharesRoom: false,
    };
    const isAsked = !peer.hasBlocked && isSharingAsked(peer, nowMs);
    peers.push(isAsked ? { ...peer, sharesRoom: await shareRoom(db, [actorId, peer.userId], nowMs) } : peer);
  }
  return peers;
}

type PeersInput = Pick<PeersQuery, "roomId" | "actorId"> & { readonly others: readonly UserId[] };

const selectPeers = compiledOnce((db, { roomId, actorId, others }: PeersInput) =>
  db
    .selectFrom("users")
    .leftJoin("members", (join) =>
      join.onRef("members.user_id", "=", "users.id").on("members.room_id", "=", roomId),
    )
    .leftJoin("relationships", (join) =>
      join.onRef("relationships.user_id", "=", "users.id").on("relationships.other_id", "=", actorId),
    )
    .where("users.id", "in", others)
    .select(memberColumns)
    .select([
      "users.id as peer_id",
      "users.state as account_state",
      "users.suspended_until",
      "users.role as account_role",
      "users.role_until",
      "relationships.blocked",
      sql<DirectMessages>`coalesce(users.direct_messages, (select direct_messages from user_defaults))`.as(
        "direct_messages",
      ),
    ])
    .orderBy("users.id"),
);

/** True when there is a room that both have joined. */
async function shareRoom(
  db: Kysely<Schema>,
  [one, other]: readonly [UserId, UserId],
  nowMs: number,
): Promise<boolean> {
  const shared = await db
    .selectFrom("members as own")
    .innerJoin("members as theirs", "theirs.room_id", "own.room_id")
    .innerJoin("rooms", "rooms.id", "own.room_id")
    .select("own.room_id")
    .where("own.user_id", "=", one)
    .where("theirs.user_id", "=", other)
    .where("own.state", "=", "joined")
    .where("theirs.state", "=", "joined")
    .where((where) => where.or([where("own.expires_at", "is", null), where("own.expires_at", ">", nowMs)]))
    .where((where) =>
      where.or([where("theirs.expires_at", "is", null), where("theirs.expires_at", ">", nowMs)]),
    )
    .where("rooms.state", "=", "active")
    .limit(1)
    .executeTakeFirst();
  return shared !== undefined;
}
