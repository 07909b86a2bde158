import type { Expression, Transaction } from "kysely";
import { LOBBY, type UserId } from "../../../domain/ids.ts";
import type { Schema } from "../../tables/schema.ts";

/** Selects every room in which an erasure of a user may change something. In the lobby one speaks without a record. */
export function roomsOf(trx: Transaction<Schema>, userId: UserId | Expression<string>) {
  return trx
    .selectFrom("rooms")
    .select("rooms.id")
    .where((where) =>
      where.or([
        where("rooms.id", "=", LOBBY),
        where("rooms.id", "in", where.selectFrom("members").select("room_id").where("user_id", "=", userId)),
        where(
          "rooms.id",
          "in",
          where.selectFrom("reactions").select("room_id").where("user_id", "=", userId),
        ),
      ]),
    );
}
