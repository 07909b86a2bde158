import type { Room } from "@confab/client/core";
import { Info, Pin, Search } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation, useSearch } from "wouter";
import { IconButton } from "../design/button.tsx";
import { searchPath } from "../search/search-route.ts";
import { roomPath } from "../shell/routes.ts";
import { type Pane, paneOf, panePath } from "./pane.ts";

/** The buttons of an open room's bar: its search, its pins and its details. */
export function RoomTools({ room }: { readonly room: Room }): ReactNode {
  const [, navigate] = useLocation();
  const open = paneOf(useSearch())?.kind;
  const toggle = (kind: "details" | "pins"): void => {
    const pane: Pane = { kind };
    navigate(open === kind ? roomPath(room.id) : panePath(room.id, pane));
  };
  return (
    <>
      <IconButton
        icon={Search}
        label="Search in this room"
        onClick={() => navigate(searchPath({ query: "", roomId: room.id, senderId: "" }))}
      />
      <IconButton
        className="from-tablet"
        icon={Pin}
        label="Pinned messages"
        aria-expanded={open === "pins"}
        onClick={() => toggle("pins")}
      />
      <IconButton
        icon={Info}
        label="Details"
        aria-expanded={open === "details"}
        onClick={() => toggle("details")}
      />
    </>
  );
}
