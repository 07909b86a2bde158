import { isLikelyAllowed, type Member, type Room, type RoomInfo } from "@confab/client/core";
import { useActivity, useChat } from "@confab/client/react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Avatar } from "../design/avatar.tsx";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { PersonActions } from "../people/person-actions.tsx";
import { momentName } from "../text/times.ts";
import { MemberModeration } from "./member-moderation.tsx";

const AccessDialog = lazy(async () => ({ default: (await import("./access-dialog.tsx")).AccessDialog }));

interface MemberDialogProps {
  readonly room: Room;
  readonly info: RoomInfo;
  readonly member: Member;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** A member: who they are, and what the user can do about them. */
export function MemberDialog({ room, info, member, onChanged, onClose }: MemberDialogProps): ReactNode {
  const { me } = useChat();
  const [asks, setAsks] = useState(false);
  const { user, userId } = member;
  const mayManage = isLikelyAllowed("manage-members", { me, room: info });
  const isMe = userId === me.id;
  if (asks) {
    return (
      <Suspense>
        <AccessDialog room={room} user={user} onClose={() => setAsks(false)} />
      </Suspense>
    );
  }
  return (
    <Dialog title={user.displayName} onClose={onClose}>
      <Who member={member} />
      {user.about !== "" && <p>{user.about}</p>}
      {!isMe && <PersonActions user={user} onLeave={onClose} />}
      {mayManage && (
        <MemberModeration room={room} member={member} isMe={isMe} onChanged={onChanged} onClose={onClose} />
      )}
      {(mayManage || isMe) && (
        <div className="dialog-part">
          <div className="button-row">
            <Button onClick={() => setAsks(true)}>
              {isMe ? "What may I do here?" : "What may they do here?"}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

const states = {
  joined: "",
  left: "Not in this room",
  invited: "Invited to this room",
  knocking: "Asks to come in",
  banned: "Banned from this room",
} as const satisfies Record<Member["state"], string>;

function Who({ member }: { readonly member: Member }): ReactNode {
  const { user, userId, role, state, mutedUntil, lastSeenTime } = member;
  const activity = useActivity(userId);
  const now = new Date();
  const lines = [
    user.handle !== "" && `@${user.handle}`,
    user.kind === "guest" ? "guest without an account" : user.kind === "bot" ? "bot" : false,
    states[state] === "" ? `${role} of this room` : states[state],
  ];
  const seen = lastSeenTime ? `last seen ${momentName(lastSeenTime, now)}` : "";
  const presence = activity === "offline" ? seen : activity;
  return (
    <div className="person-head">
      <Avatar userId={userId} name={user.displayName} showsPresence />
      <div>
        <p>{lines.filter(Boolean).join(" · ")}</p>
        {state === "joined" && presence !== "" && <p>{presence}</p>}
        {mutedUntil && mutedUntil > now && <p>Muted until {momentName(mutedUntil, now)}</p>}
      </div>
    </div>
  );
}
