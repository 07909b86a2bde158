import type { UserId } from "../../../domain/ids.ts";
import { userNow } from "../../../domain/users/user.ts";
import { lock } from "../../dialect.ts";
import { selectUsers, toUser } from "../../tables/users.ts";
import type { Operation } from "../operation.ts";

export const endAccess: Operation<"endAccess"> = async (trx, { nowMs, limit }) => {
  const ended: UserId[] = [];
  for (const column of ["suspended_until", "role_until"] as const) {
    const due = selectUsers(trx).where(column, "<=", nowMs);
    const found = (await due.orderBy(column).limit(limit).execute()).map(({ id }) => id);
    if (found.length === 0) continue;
    await lock(trx, () => ({ users: found }));
    const rows = await due.where("id", "in", found).orderBy(column).execute();
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
};
