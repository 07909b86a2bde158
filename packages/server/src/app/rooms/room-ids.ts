import { randomBytes } from "node:crypto";
import type { RoomId } from "../../domain/ids.ts";

const ROOM_ID_BYTES = 12;

/** An id that nobody can guess. It never begins with a dash: as an argument of a command it would be taken for an option. */
export function newRoomId(): RoomId {
  for (;;) {
    const id = randomBytes(ROOM_ID_BYTES).toString("base64url");
    if (!id.startsWith("-")) return id as RoomId;
  }
}
