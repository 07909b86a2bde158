import type { Room } from "@confab/client/core";
import { useOnline, useRoomInfo } from "@confab/client/react";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { IconButton } from "../design/button.tsx";
import { RoomTools } from "../details/room-tools.tsx";
import { RoomAvatar } from "../rooms/room-avatar.tsx";

/** The open room's title, topic and people. */
export function RoomBar({ room }: { readonly room: Room }): ReactNode {
  const info = useRoomInfo(room);
  const online = useOnline(room).length;
  const [, navigate] = useLocation();
  if (!info) return null;
  const people = info.memberCount === 1 ? "Only you" : `${info.memberCount} members`;
  const present = info.memberCount > 1 && online > 0 ? `${people}, ${online} online` : people;
  const about = info.kind === "direct" && info.memberCount <= 2 ? info.topic || "Direct message" : present;
  return (
    <header className="pane-bar room-bar">
      <IconButton
        className="back only-phone"
        icon={ArrowLeft}
        label="Back to the rooms"
        onClick={() => navigate("/")}
      />
      <RoomAvatar info={info} />
      <div className="room-bar-title">
        <h1 className="truncated">{info.title}</h1>
        <p className="truncated">
          {info.topic === "" || about === info.topic ? about : `${about} · ${info.topic}`}
        </p>
      </div>
      <RoomTools room={room} />
    </header>
  );
}
