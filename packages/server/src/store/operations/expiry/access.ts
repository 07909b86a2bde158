import type { UserId } from "../../../domain/ids.ts";
import { userNow } from "../../../domain/users/user.ts";
import { selectUsers, toUser } from "../../tables/users.ts";
import type { Operation } from "../operation.ts";

export const endAccess: Operation<"endAccess"> = async (db, { nowMs, limit }) => {
  return db.transaction().execute(async (trx) => {
    const ended: UserId[] = [];
    for (const column of ["suspended_until", "role_until"] as const) {
      const rows = await selectUsers(trx).where(column, "<=", nowMs).orderBy(column).limit(limit).execute();
      for (const user of rows.map(toUser)) {
        const { id, role, state } = userNow(user, nowMs);
        await trx
          .updateTable("users")
          .set((update) => ({
            ...(column === "suspended_until" ? { state: state.kind } : { role }),
            [column]: null,
            version: update("version", "+", 1),
            updated_at: nowMs,
          }))
          .where("id", "=", id)
          .execute();
        ended.push(id);
      }
    }
    return ended;
  });
};
