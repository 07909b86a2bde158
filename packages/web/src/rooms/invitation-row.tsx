import type { RoomInfo } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../design/button.tsx";
import { sayError } from "../notices/notices.ts";
import { roomPath } from "../shell/routes.ts";
import { RoomAvatar } from "./room-avatar.tsx";

/** A room that the user is invited to, to accept or decline. */
export function InvitationRow({ info }: { readonly info: RoomInfo }): ReactNode {
  const chat = useChat();
  const [, navigate] = useLocation();
  const [isBusy, setIsBusy] = useState(false);
  const run = (action: () => Promise<void>): void => {
    setIsBusy(true);
    action()
      .catch(sayError)
      .finally(() => setIsBusy(false));
  };
  const join = async (): Promise<void> => {
    const room = await chat.rooms.join(info.id);
    navigate(roomPath(room.id));
  };
  return (
    <li className="invitation">
      <span className="room-row">
        <RoomAvatar info={info} />
        <span className="room-row-title truncated">{info.title}</span>
        <span />
        <span className="room-row-last truncated">
          {info.memberCount === 1 ? "1 member" : `${info.memberCount} members`}
        </span>
      </span>
      <span className="invitation-actions">
        <Button look="primary" isBusy={isBusy} onClick={() => run(join)}>
          Join
        </Button>
        <Button isBusy={isBusy} onClick={() => run(() => chat.rooms.decline(info.id))}>
          Decline
        </Button>
      </span>
    </li>
  );
}
