import { useInvitations, useRooms } from "@confab/client/react";
import { Hash, PenLine, Search, TextSearch } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useLocation } from "wouter";
import { IconButton } from "../design/button.tsx";
import { AccountBar } from "./account-bar.tsx";
import { filterRooms } from "./filter.ts";
import { InvitationRow } from "./invitation-row.tsx";
import { RoomRow } from "./room-row.tsx";
import "./room-list.css";

const AddRoomDialog = lazy(async () => ({ default: (await import("./add-room-dialog.tsx")).AddRoomDialog }));
const WriteToDialog = lazy(async () => ({ default: (await import("./write-to-dialog.tsx")).WriteToDialog }));

/** A filter is worth its place from this many rooms on. */
const FILTER_FROM_ROOMS = 2;

/** The user's rooms and direct messages in one list, the newest activity first. */
export function RoomList({ openRoomId }: { readonly openRoomId: string | undefined }): ReactNode {
  const rooms = useRooms();
  const invitations = useInvitations();
  const [, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState<"room" | "person" | null>(null);
  const shown = filterRooms(rooms, query);
  const invited = filterRooms(invitations, query);
  return (
    <>
      <header className="room-list-bar">
        <h1>Confab</h1>
        <IconButton icon={TextSearch} label="Search messages" onClick={() => navigate("/search")} />
        <IconButton icon={PenLine} label="Write to somebody" onClick={() => setOpen("person")} />
        <IconButton icon={Hash} label="Join or make a room" onClick={() => setOpen("room")} />
      </header>
      {rooms.length >= FILTER_FROM_ROOMS && (
        <div className="room-filter">
          <Search size={16} strokeWidth={1.75} aria-hidden />
          <input
            className="input"
            type="search"
            aria-label="Filter rooms"
            placeholder="Filter"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => event.key === "Escape" && setQuery("")}
          />
        </div>
      )}
      <div className="room-scroll">
        {invited.length > 0 && (
          <section aria-labelledby="invitations">
            <h2 className="room-section" id="invitations">
              Invitations
            </h2>
            <ul>
              {invited.map((info) => (
                <InvitationRow key={info.id} info={info} />
              ))}
            </ul>
          </section>
        )}
        <ul>
          {shown.map((info) => (
            <li key={info.id}>
              <RoomRow info={info} isOpen={info.id === openRoomId} />
            </li>
          ))}
        </ul>
        {shown.length === 0 && invited.length === 0 && (
          <p className="room-list-none">
            {query === "" ? "You are in no room yet." : `No room has “${query}” in its title.`}
          </p>
        )}
      </div>
      <AccountBar />
      <Suspense>
        {open === "room" && <AddRoomDialog onClose={() => setOpen(null)} />}
        {open === "person" && <WriteToDialog onClose={() => setOpen(null)} />}
      </Suspense>
    </>
  );
}
