/**
 * The answers to callers inside and outside of a room. Written by hand, and a decision like `../expected.ts`:
 * the tests hold the server to it, and `docs/access.md` is made from it.
 */
import { chat } from "./expected-chat.ts";
import { rooms } from "./expected-rooms.ts";
import type { RoomTable } from "./rows.ts";

export const roomTable: RoomTable = { "confab.v1.RoomService": rooms, "confab.v1.ChatService": chat };

/** RPCs of these services whose object is no room that there is already. */
export const roomless: Readonly<Record<string, readonly string[]>> = {
  "confab.v1.RoomService": ["CreateRoom", "OpenDirectRoom", "ListRooms"],
  "confab.v1.ChatService": [],
};
