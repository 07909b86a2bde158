import { useChat, useObservable } from "@confab/client/react";
import { Settings2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Avatar } from "../design/avatar.tsx";
import { IconButton } from "../design/button.tsx";

const PreferencesDialog = lazy(async () => ({
  default: (await import("../preferences/preferences-dialog.tsx")).PreferencesDialog,
}));

/** The user below the list of rooms, with the way to their preferences. */
export function AccountBar(): ReactNode {
  const chat = useChat();
  // The user's own profile changes with the rooms' members.
  useObservable(chat.rooms);
  const { me } = chat;
  const [isOpen, setIsOpen] = useState(false);
  return (
    <footer className="account">
      <Avatar userId={me.id} name={me.displayName} size="small" showsPresence />
      <span className="account-name">
        <span className="truncated">{me.displayName}</span>
      </span>
      <IconButton icon={Settings2} label="Preferences" onClick={() => setIsOpen(true)} />
      <Suspense>{isOpen && <PreferencesDialog onClose={() => setIsOpen(false)} />}</Suspense>
    </footer>
  );
}
