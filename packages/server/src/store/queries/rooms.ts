import { type Kysely, sql } from "kysely";
import { decide } from "../../domain/decide.ts";
import { titleKey } from "../../domain/room-fields.ts";
import { accountStateNow } from "../../domain/system-roles.ts";
import type { RoomStore } from "../port/rooms.ts";
import type { Schema } from "../schema.ts";
import { admit, readLastPost, readStanding } from "./room-access.ts";
import { readView, selectViews, toViews } from "./room-views.ts";
import { refused } from "./undoable.ts";
import { findUser } from "./users.ts";

export async function getRoom(
  db: Kysely<Schema>,
  query: Parameters<RoomStore["getRoom"]>[0],
): ReturnType<RoomStore["getRoom"]> {
  const seen = await admit(db, query, "see");
  return seen.kind === "refused" ? seen : { kind: "done", view: await readView(db, query) };
}

export async function listOwnRooms(
  db: Kysely<Schema>,
  { actor, afterId, limit, nowMs }: Parameters<RoomStore["listOwnRooms"]>[0],
): ReturnType<RoomStore["listOwnRooms"]> {
  // What each row counts is counted for the rooms of one page, not for all that someone is in.
  const page = db
    .selectFrom("members as own")
    .innerJoin("rooms as listed", "listed.id", "own.room_id")
    .select("own.room_id")
    .where("own.user_id", "=", actor.id)
    .where("own.state", "in", ["joined", "invited", "knocking"])
    .where("own.room_id", ">", afterId)
    .where((where) => where.or([where("own.expires_at", "is", null), where("own.expires_at", ">", nowMs)]))
    .where("listed.state", "=", "active")
    .orderBy("own.room_id")
    .limit(limit);
  const rows = await selectViews(db, actor.id).where("rooms.id", "in", page).orderBy("rooms.id").execute();
  return toViews(db, rows, { actor, nowMs });
}

export async function listDirectory(
  db: Kysely<Schema>,
  { actor, afterKey, afterId, prefix, limit, nowMs }: Parameters<RoomStore["listDirectory"]>[0],
): ReturnType<RoomStore["listDirectory"]> {
  const from = titleKey(prefix);
  let page = db
    .selectFrom("rooms as listed")
    .select("listed.id")
    .where("listed.public", "=", 1)
    .where("listed.state", "=", "active")
    .where("listed.kind", "!=", "direct")
    .where(sql<boolean>`(listed.title_key, listed.id) > (${afterKey}, ${afterId})`)
    .orderBy("listed.title_key")
    .orderBy("listed.id")
    .limit(limit);
  if (from !== "") {
    page = page.where("listed.title_key", ">=", from).where("listed.title_key", "<", `${from}\u{10ffff}`);
  }
  const rows = await selectViews(db, actor.id)
    .where("rooms.id", "in", page)
    .orderBy("rooms.title_key")
    .orderBy("rooms.id")
    .execute();
  const views = await toViews(db, rows, { actor, nowMs });
  return views.map((view, index) => ({ view, key: rows[index]?.title_key ?? "" }));
}

export async function checkAccess(
  db: Kysely<Schema>,
  { actor, roomId, userId, permission, nowMs }: Parameters<RoomStore["checkAccess"]>[0],
): ReturnType<RoomStore["checkAccess"]> {
  const query = { actor, roomId, nowMs };
  const isSelf = userId === actor.id;
  const seen = await admit(db, query, isSelf ? "see" : "manage-members");
  // Of a ban one is told which rule it is; of a room that one may not know of, nothing.
  const isExplained = seen.kind === "allowed" || (isSelf && seen.reason === "BANNED");
  if (!isExplained) return seen;
  const account = isSelf ? actor : await findUser(db, { userId });
  if (!account || accountStateNow(account, nowMs).kind === "erased") {
    return refused("USER_NOT_FOUND", "there is no such user", "user_id");
  }
  const standing = await readStanding(db, userId, roomId);
  const isPaced =
    permission === "post" &&
    standing.room &&
    (standing.room.slowModeMs > 0 || standing.room.requiredLikes > 0);
  const lastPost = isPaced ? await readLastPost(db, userId, roomId) : null;
  return { kind: "done", decision: decide(account, permission, { ...standing, lastPost }, nowMs) };
}
