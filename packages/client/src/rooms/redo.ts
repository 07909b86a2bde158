import { base64Decode } from "@bufbuild/protobuf/wire";
import type { UnsentWork } from "../messages/unsent-work.ts";
import type { Room } from "./room.ts";

/** Makes a call again that an earlier run of the application could not finish. A refused message stays in the timeline. */
export function redo(room: Room, work: UnsentWork): void {
  void call(room, work).catch(() => {});
}

async function call(room: Room, work: UnsentWork): Promise<unknown> {
  switch (work.kind) {
    case "send": {
      const { text, payload, kind: _kind, roomId: _roomId, ...options } = work;
      return room.send(text, { ...options, payload: base64Decode(payload) });
    }
    case "edit":
      return room.edit(work.seq, work.text, { mentionUserIds: work.mentionUserIds });
    case "delete":
      return room.delete(work.seq, { reason: work.reason });
    case "react":
    case "unreact":
      return room[work.kind](work.seq, work.emoji);
    case "pin":
    case "unpin":
      return room[work.kind](work.seq);
    case "read":
      return room.markRead(work.seq);
    default:
      return work satisfies never;
  }
}
