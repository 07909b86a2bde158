import { useRoom } from "@confab/client/react";
import { X } from "lucide-react";
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { IconButton } from "../design/button.tsx";
import { Spinner } from "../design/spinner.tsx";
import { roomPath } from "../shell/routes.ts";
import type { Pane } from "./pane.ts";
import { RoomDetails } from "./room-details.tsx";
import "./side-pane.css";

const Pins = lazy(async () => ({ default: (await import("../threads/pins.tsx")).Pins }));
const Thread = lazy(async () => ({ default: (await import("../threads/thread.tsx")).Thread }));

const titles = { details: "Details", pins: "Pinned messages", thread: "Thread" } as const satisfies Record<
  Pane["kind"],
  string
>;

interface SidePaneProps {
  readonly roomId: string;
  readonly pane: Pane;
}

/** The pane beside the conversation: the room's details, its pins, or a thread. Lies over it where there is no room. */
export function SidePane({ roomId, pane }: SidePaneProps): ReactNode {
  const room = useRoom(roomId);
  const [, navigate] = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  const { kind } = pane;
  useEffect(() => {
    // Names the pane to screen readers when it opens or changes.
    if (kind) heading.current?.focus();
  }, [kind]);
  if (!room) return null;
  const close = (): void => navigate(roomPath(roomId));
  const onKeyDown = (event: KeyboardEvent): void => {
    // A dialog of the pane is elsewhere in the document: its Escape closes only the dialog.
    const isInside = event.target instanceof Node && event.currentTarget.contains(event.target);
    if (event.key === "Escape" && isInside && !event.defaultPrevented) close();
  };
  return (
    <aside className="shell-details" aria-label={titles[kind]} onKeyDown={onKeyDown}>
      <header className="pane-bar">
        <h2 className="side-pane-title truncated" tabIndex={-1} ref={heading}>
          {titles[kind]}
        </h2>
        <IconButton icon={X} label="Close" onClick={close} />
      </header>
      <Suspense fallback={<Spinner label="Loading…" />}>
        {pane.kind === "details" && <RoomDetails key={roomId} room={room} />}
        {pane.kind === "pins" && <Pins key={roomId} room={room} />}
        {pane.kind === "thread" && <Thread key={pane.rootSeq} room={room} rootSeq={pane.rootSeq} />}
      </Suspense>
    </aside>
  );
}
