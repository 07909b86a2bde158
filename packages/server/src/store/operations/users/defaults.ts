import type { Operation } from "../operation.ts";

export const setDefaults: Operation<"setDefaults"> = async (db, { directMessages }) => {
  await db.updateTable("user_defaults").set({ direct_messages: directMessages }).execute();
};
