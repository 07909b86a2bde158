import { Combobox, ComboboxItem, ComboboxList, ComboboxProvider, Dialog } from "@ariakit/react";
import type { RoomInfo } from "@confab/client/core";
import { useChat, useInvitations, useRooms } from "@confab/client/react";
import { CornerDownLeft } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useLocation, useRoute } from "wouter";
import { Avatar } from "../design/avatar.tsx";
import { Badge } from "../design/badge.tsx";
import { sayError } from "../notices/notices.ts";
import { usePeopleSearch } from "../people/use-people-search.ts";
import { RoomAvatar } from "../rooms/room-avatar.tsx";
import { roomPath } from "../shell/routes.ts";
import { type Choice, pageCommands } from "./commands.ts";
import { matching } from "./match.ts";
import "./switcher.css";

const MAX_SHOWN = 12;

type Shown = Choice & { readonly picture: ReactNode; readonly note?: ReactNode };

/** Goes to a room, to a person, or does something, by a few letters of its name. */
export function Switcher({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [query, setQuery] = useState("");
  const choices = useChoices(query);
  const choose = (choice: Choice): void => {
    onClose();
    choice.run();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      className="switcher"
      backdrop={<div className="dialog-backdrop" />}
      aria-label="Go to"
      unmountOnHide
    >
      <ComboboxProvider
        open
        resetValueOnHide={false}
        focusLoop
        includesBaseElement={false}
        value={query}
        setValue={setQuery}
      >
        <Combobox
          autoSelect="always"
          className="switcher-input"
          aria-label="Go to a room, a person or a command"
          placeholder="Go to a room, a person or a command"
          autoFocus
        />
        <ComboboxList className="switcher-list" alwaysVisible aria-label="Found">
          {choices.map((choice) => (
            <ComboboxItem
              key={choice.key}
              value={choice.key}
              className="switcher-item"
              setValueOnClick={false}
              hideOnClick={false}
              focusOnHover
              onClick={() => choose(choice)}
            >
              {choice.picture}
              <span className="switcher-label truncated">{choice.label}</span>
              <span className="switcher-hint truncated">{choice.hint}</span>
              {choice.note}
            </ComboboxItem>
          ))}
        </ComboboxList>
        {choices.length === 0 && (
          <p className="switcher-none" role="status">
            Nothing is called so.
          </p>
        )}
      </ComboboxProvider>
    </Dialog>
  );
}

function useChoices(query: string): readonly Shown[] {
  const chat = useChat();
  const rooms = useRooms();
  const invitations = useInvitations();
  const { users = [] } = usePeopleSearch(query);
  const [, navigate] = useLocation();
  const [, params] = useRoute("/r/:roomId/:seq?");
  const ofRooms = rooms.map((info) => roomChoice(info, info.topic, () => navigate(roomPath(info.id))));
  const ofInvitations = invitations.map((info) =>
    roomChoice(info, "you are invited: joins it", () => {
      chat.rooms.join(info.id).then(({ id }) => navigate(roomPath(id)), sayError);
    }),
  );
  const commands = pageCommands({ me: chat.me, openRoomId: params?.roomId, navigate });
  const own = matching(
    [
      ...ofRooms,
      ...ofInvitations,
      ...commands.map((command): Shown => ({ ...command, picture: commandPicture })),
    ],
    query,
  );
  // The server has found them by their beginnings already.
  const people = users.map(
    ({ id, displayName, handle }): Shown => ({
      key: `person ${id}`,
      kind: "person",
      label: displayName,
      hint: `@${handle} · direct message`,
      picture: <Avatar userId={id} name={displayName} size="small" showsPresence />,
      run: () => {
        chat.rooms.openDirect([id]).then((room) => navigate(roomPath(room.id)), sayError);
      },
    }),
  );
  const shownRooms = own.filter(({ kind }) => kind === "room");
  const shownCommands = own.filter(({ kind }) => kind === "command");
  const before = query.trim() === "" ? MAX_SHOWN - Math.min(5, shownCommands.length) : MAX_SHOWN;
  return [...shownRooms.slice(0, before), ...people, ...shownCommands].slice(0, MAX_SHOWN);
}

const commandPicture = (
  <span className="avatar avatar-small avatar-room" aria-hidden>
    <CornerDownLeft size={14} strokeWidth={1.75} />
  </span>
);

function roomChoice(info: RoomInfo, hint: string, run: () => void): Shown {
  return {
    key: `room ${info.id}`,
    kind: "room",
    label: info.title,
    hint,
    run,
    picture: <RoomAvatar info={info} />,
    note: <Badge count={info.unreadCount} />,
  };
}
