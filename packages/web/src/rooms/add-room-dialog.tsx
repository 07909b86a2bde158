import type { RoomInfo } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Choice, Field } from "../design/field.tsx";
import { Spinner } from "../design/spinner.tsx";
import { sayError } from "../notices/notices.ts";
import { roomPath } from "../shell/routes.ts";
import { errorWords } from "../text/error-words.ts";
import { RoomAvatar } from "./room-avatar.tsx";
import "./add-room-dialog.css";

const SEARCH_AFTER_MS = 200;

/** Finds public rooms to join, and makes new ones. */
export function AddRoomDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { me } = useChat();
  const [, navigate] = useLocation();
  const open = (roomId: string): void => {
    onClose();
    navigate(roomPath(roomId));
  };
  return (
    <Dialog title="Join or make a room" onClose={onClose}>
      <PublicRooms onOpen={open} />
      {me.kind !== "guest" && (
        <>
          <hr className="dialog-divider" />
          <NewRoom onOpen={open} />
        </>
      )}
    </Dialog>
  );
}

interface PartProps {
  readonly onOpen: (roomId: string) => void;
}

function PublicRooms({ onOpen }: PartProps): ReactNode {
  const chat = useChat();
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<readonly RoomInfo[] | null>(null);
  const [error, setError] = useState<string>();
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const timer = setTimeout(() => {
      chat.rooms.browse({ query: query.trim(), signal }).then(
        ({ rooms }) => {
          setFound(rooms);
          setError(undefined);
        },
        (reason: unknown) => !signal.aborted && setError(errorWords(reason)),
      );
    }, SEARCH_AFTER_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [chat, query]);
  return (
    <>
      <Field
        label="Public rooms"
        type="search"
        placeholder="The beginning of a title"
        value={query}
        error={error}
        onChange={(event) => setQuery(event.target.value)}
      />
      {found === null && error === undefined && <Spinner label="Loading rooms…" />}
      {found?.length === 0 && (
        <p className="field-hint">
          {query === "" ? "There are no public rooms yet." : "No public room begins so."}
        </p>
      )}
      {found !== null && found.length > 0 && (
        <ul className="public-rooms">
          {found.map((info) => (
            <PublicRoom key={info.id} info={info} onOpen={onOpen} />
          ))}
        </ul>
      )}
    </>
  );
}

function PublicRoom({ info, onOpen }: PartProps & { readonly info: RoomInfo }): ReactNode {
  const chat = useChat();
  const [isBusy, setIsBusy] = useState(false);
  const isJoined = chat.rooms.get(info.id) !== undefined;
  const members = info.memberCount === 1 ? "1 member" : `${info.memberCount} members`;
  const join = (): void => {
    setIsBusy(true);
    chat.rooms.join(info.id).then(
      () => onOpen(info.id),
      (error: unknown) => {
        sayError(error);
        setIsBusy(false);
      },
    );
  };
  return (
    <li>
      <RoomAvatar info={info} />
      <span className="public-room-title">
        <span className="truncated">{info.title}</span>
        <small className="truncated">{info.topic === "" ? members : `${members} · ${info.topic}`}</small>
      </span>
      <Button
        aria-label={`${isJoined ? "Open" : "Join"} ${info.title}`}
        isBusy={isBusy}
        onClick={() => (isJoined ? onOpen(info.id) : join())}
      >
        {isJoined ? "Open" : "Join"}
      </Button>
    </li>
  );
}

function NewRoom({ onOpen }: PartProps): ReactNode {
  const chat = useChat();
  const [title, setTitle] = useState("");
  const [isPublic, setIsPublic] = useState(false);
  const [error, setError] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (title.trim() === "") {
      setError("Say how the room is called.");
      return;
    }
    setIsBusy(true);
    chat.rooms.create({ title: title.trim(), isPublic }).then(
      ({ id }) => onOpen(id),
      (reason: unknown) => {
        setError(errorWords(reason));
        setIsBusy(false);
      },
    );
  };
  return (
    <form className="dialog-form" noValidate onSubmit={submit}>
      <Field
        label="New room"
        placeholder="Title"
        value={title}
        error={error}
        onChange={(event) => {
          setTitle(event.target.value);
          setError(undefined);
        }}
      />
      <Choice
        label="Public"
        hint="Everybody can find and join it. Else people come in by invitation."
        checked={isPublic}
        onChange={(event) => setIsPublic(event.target.checked)}
      />
      <div className="dialog-actions">
        <Button look="primary" type="submit" isBusy={isBusy}>
          Make the room
        </Button>
      </div>
    </form>
  );
}
