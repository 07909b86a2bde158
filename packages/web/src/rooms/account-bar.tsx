import { useChat, useObservable } from "@confab/client/react";
import { Settings2 } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { Avatar } from "../design/avatar.tsx";
import { IconButton } from "../design/button.tsx";

/** The user below the list of rooms, with the way to their settings. */
export function AccountBar(): ReactNode {
  const chat = useChat();
  // The user's own profile changes with the rooms' members.
  useObservable(chat.rooms);
  const { me } = chat;
  const [, navigate] = useLocation();
  return (
    <footer className="account">
      <Avatar userId={me.id} name={me.displayName} size="small" showsPresence />
      <span className="account-name">
        <span className="truncated">{me.displayName}</span>
      </span>
      <IconButton icon={Settings2} label="Settings" onClick={() => navigate("/settings")} />
    </footer>
  );
}
