import type { User } from "@confab/client/core";
import { useChat, useObservable } from "@confab/client/react";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { Button } from "../design/button.tsx";
import { useAction } from "../notices/use-action.ts";
import { roomPath } from "../shell/routes.ts";

interface PersonActionsProps {
  readonly user: User;
  /** Called when the page goes elsewhere. */
  readonly onLeave: () => void;
}

/** Writes to somebody, or keeps them away: blocked people can't reach the user, ignored ones count for nothing. */
export function PersonActions({ user, onLeave }: PersonActionsProps): ReactNode {
  const chat = useChat();
  const { isBusy, run } = useAction();
  const [, navigate] = useLocation();
  const wish = useObservable(chat.relationships).get(user.id);
  const { id, displayName } = user;
  const write = (): void =>
    void run(async () => {
      const room = await chat.rooms.openDirect([id]);
      onLeave();
      navigate(roomPath(room.id));
    });
  const { block, unblock, mute, unmute } = chat.relationships;
  const changeBlock = wish?.isBlocked ? unblock : block;
  const changeMute = wish?.isMuted ? unmute : mute;
  return (
    <div className="button-row">
      {chat.me.kind !== "guest" && !wish?.isBlocked && (
        <Button look="primary" isBusy={isBusy} onClick={write}>
          Write
        </Button>
      )}
      <Button
        isBusy={isBusy}
        title="Their messages are not counted as new, and notify you of nothing"
        onClick={() =>
          void run(
            () => changeMute.call(chat.relationships, id),
            wish?.isMuted
              ? `Messages of ${displayName} count again.`
              : `Messages of ${displayName} count no more.`,
          )
        }
      >
        {wish?.isMuted ? "Stop ignoring" : "Ignore"}
      </Button>
      <Button
        isBusy={isBusy}
        title="They can't write to you, and their messages are folded away"
        onClick={() =>
          void run(
            () => changeBlock.call(chat.relationships, id),
            wish?.isBlocked ? `${displayName} can reach you again.` : `${displayName} is blocked.`,
          )
        }
      >
        {wish?.isBlocked ? "Unblock" : "Block"}
      </Button>
    </div>
  );
}
