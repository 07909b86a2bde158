import type { RoomInfo } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { Hash, Lock, Megaphone, Users } from "lucide-react";
import type { ReactNode } from "react";
import { Avatar } from "../design/avatar.tsx";

/** A direct room's other person, or a sign for the kind of room. */
export function RoomAvatar({ info }: { readonly info: RoomInfo }): ReactNode {
  const { me } = useChat();
  const others = info.directUserIds.filter((userId) => userId !== me.id);
  if (info.kind === "direct" && others.length < 2) {
    return <Avatar userId={others[0] ?? me.id} name={info.title} showsPresence />;
  }
  const Icon =
    info.kind === "direct" ? Users : info.kind === "broadcast" ? Megaphone : info.isPublic ? Hash : Lock;
  return (
    <span className="avatar avatar-room" aria-hidden>
      <Icon size={18} strokeWidth={1.75} />
    </span>
  );
}
