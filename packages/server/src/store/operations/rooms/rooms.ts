import { sql } from "kysely";
import { decide } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import { titleKey } from "../../../domain/rooms/fields.ts";
import { accountStateNow } from "../../../domain/users/system-roles.ts";
import { userNotFound } from "../../../domain/users/user.ts";
import type { Operation } from "../operation.ts";
import { findUser } from "../users/users.ts";
import { admit, readLastPost, readStanding } from "./access.ts";
import { readView, selectViews, toViews } from "./views.ts";

export const getRoom: Operation<"getRoom"> = async (db, query) => {
  await admit(db, query, "see");
  return readView(db, query);
};

export const listOwnRooms: Operation<"listOwnRooms"> = async (db, { actor, afterId, limit, nowMs }) => {
  // Picks the page first: the counts of a row cost too much to make them for all rooms of a user.
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
  const rows = await selectViews(db, { actor, nowMs })
    .where("rooms.id", "in", page)
    .orderBy("rooms.id")
    .execute();
  return toViews(db, rows, { actor, nowMs });
};

export const listDirectory: Operation<"listDirectory"> = async (
  db,
  { actor, afterKey, afterId, prefix, limit, nowMs },
) => {
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
  const rows = await selectViews(db, { actor, nowMs })
    .where("rooms.id", "in", page)
    .orderBy("rooms.title_key")
    .orderBy("rooms.id")
    .execute();
  const views = await toViews(db, rows, { actor, nowMs });
  return views.map((view, index) => ({ view, key: rows[index]?.title_key ?? "" }));
};

export const checkAccess: Operation<"checkAccess"> = async (
  db,
  { actor, roomId, userId, permission, nowMs },
) => {
  const isSelf = userId === actor.id;
  const own = await readStanding(db, { actor, roomId, nowMs });
  const seen = decide(actor, isSelf ? "see" : "manage-members", own, nowMs);
  // A ban is explained to whoever is banned; a room that somebody may not know of is not.
  const isOwnBan = isSelf && !seen.allowed && seen.reason === "BANNED";
  if (!isOwnBan) requireAllowed(seen);
  const account = isSelf ? actor : await findUser(db, { userId });
  if (!account || accountStateNow(account, nowMs).kind === "erased") {
    throw userNotFound("user_id");
  }
  const standing = isSelf ? own : await readStanding(db, { actor: account, roomId, nowMs });
  const isPaced =
    permission === "post" &&
    standing.room &&
    (standing.room.slowModeMs > 0 || standing.room.requiredLikes > 0);
  const lastPost = isPaced ? await readLastPost(db, { userId, roomId, nowMs }) : null;
  return decide(account, permission, { ...standing, lastPost }, nowMs);
};
