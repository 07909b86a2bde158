import type { Room } from "@confab/client/core";
import { useRoomInfo } from "@confab/client/react";
import type { ReactNode } from "react";
import { RoomAvatar } from "../rooms/room-avatar.tsx";

/** Stands above the first message of a room. */
export function RoomBeginning({ room }: { readonly room: Room }): ReactNode {
  const info = useRoomInfo(room);
  if (!info) return null;
  const hasEarlier = info.firstSeq > 1;
  return (
    <div className="room-beginning">
      <RoomAvatar info={info} />
      <h2>{info.title}</h2>
      <p>{hasEarlier ? "Earlier messages are not kept." : beginningWords(info.kind)}</p>
    </div>
  );
}

function beginningWords(kind: "group" | "broadcast" | "direct"): string {
  switch (kind) {
    case "direct":
      return "This is the beginning of your direct messages. Only the people in it can read them.";
    case "broadcast":
      return "This is the beginning of the room. Moderators write here, and everybody reads.";
    case "group":
      return "This is the beginning of the room.";
    default:
      return kind satisfies never;
  }
}
