import { isLikelyAllowed, type Room, type RoomInfo } from "@confab/client/core";
import { useChat, useRoomInfo } from "@confab/client/react";
import { CircleHelp, LogOut, Pencil, Pin, Trash2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Link, useLocation } from "wouter";
import { IconButton } from "../design/button.tsx";
import { RoomAvatar } from "../rooms/room-avatar.tsx";
import { durationWords } from "./durations.ts";
import { Members } from "./members.tsx";
import { panePath } from "./pane.ts";
import "./room-details.css";

const RoomForm = lazy(async () => ({ default: (await import("./room-form.tsx")).RoomForm }));
const EndRoomDialog = lazy(async () => ({ default: (await import("./end-room-dialog.tsx")).EndRoomDialog }));
const AccessDialog = lazy(async () => ({ default: (await import("./access-dialog.tsx")).AccessDialog }));

type Open = "edit" | "leave" | "delete" | "access";

/** A room's title, topic and rules, its people, and the ways out of it. */
export function RoomDetails({ room }: { readonly room: Room }): ReactNode {
  const info = useRoomInfo(room);
  const chat = useChat();
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<Open | null>(null);
  if (!info) return null;
  const mayManage = info.kind !== "direct" && isLikelyAllowed("manage-room", { me: chat.me, room: info });
  const close = (): void => setOpen(null);
  return (
    <div className="side-pane-scroll">
      <section className="details-part" aria-label="Room">
        <div className="details-head">
          <RoomAvatar info={info} />
          <div className="member-name">
            <h3>{info.title}</h3>
            <p>{kindWords(info)}</p>
          </div>
          {mayManage && <IconButton icon={Pencil} label="Edit the room" onClick={() => setOpen("edit")} />}
        </div>
        {info.topic !== "" && <p>{info.topic}</p>}
        {rulesOf(info).map((words) => (
          <p key={words} className="details-soft">
            {words}
          </p>
        ))}
        <div className="details-actions">
          <Link className="row-button" href={panePath(room.id, { kind: "pins" })}>
            <Pin size={18} strokeWidth={1.75} aria-hidden />
            Pinned messages
          </Link>
          <button type="button" className="row-button" onClick={() => setOpen("access")}>
            <CircleHelp size={18} strokeWidth={1.75} aria-hidden />
            What may I do here?
          </button>
        </div>
      </section>
      <Members room={room} info={info} />
      <section className="details-part" aria-label="Leaving">
        <div className="details-actions">
          <button type="button" className="row-button" onClick={() => setOpen("leave")}>
            <LogOut size={18} strokeWidth={1.75} aria-hidden />
            {info.kind === "direct" ? "Close these messages" : "Leave the room"}
          </button>
          {mayManage && (
            <button type="button" className="row-button row-button-danger" onClick={() => setOpen("delete")}>
              <Trash2 size={18} strokeWidth={1.75} aria-hidden />
              Delete the room
            </button>
          )}
        </div>
      </section>
      <Suspense>
        {open === "edit" && <RoomForm room={room} info={info} onClose={close} />}
        {open === "access" && <AccessDialog room={room} user={chat.me} onClose={close} />}
        {(open === "leave" || open === "delete") && (
          <EndRoomDialog room={room} info={info} way={open} onClose={close} onDone={() => navigate("/")} />
        )}
      </Suspense>
    </div>
  );
}

function kindWords({ kind, isPublic }: RoomInfo): string {
  if (kind === "direct") return "Direct messages";
  const visibility = isPublic ? "Public" : "Private";
  return kind === "broadcast" ? `${visibility} room where moderators write` : `${visibility} room`;
}

function rulesOf({ kind, policy }: RoomInfo): readonly string[] {
  if (kind === "direct") return [];
  const { slowModeMs, retentionMs, historyVisibility, requiredLikes } = policy;
  const rules = [
    slowModeMs > 0 && `Slow mode: one message every ${durationWords(slowModeMs)}.`,
    requiredLikes > 0 && `After a message, ${requiredLikes} others must react before the next one.`,
    retentionMs > 0 && `Messages are erased after ${durationWords(retentionMs)}.`,
    historyVisibility === "since-join" && "New members see the messages since they joined.",
  ];
  return rules.filter((rule) => rule !== false);
}
