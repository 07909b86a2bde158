import { useChat } from "@confab/client/react";
import { v1 } from "@confab/protocol";
import { type ReactNode, useCallback, useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Field } from "../design/field.tsx";
import { useAction } from "../notices/use-action.ts";
import { roomPath } from "../shell/routes.ts";
import { PagedList } from "./paged-list.tsx";
import { useDelayed } from "./use-delayed.ts";
import { type Page, usePages } from "./use-pages.ts";

const PAGE_SIZE = 50;

/** The public rooms of the server. Private ones are listed to nobody outside them. */
export function PublicRooms(): ReactNode {
  const chat = useChat();
  const [typed, setTyped] = useState("");
  const query = useDelayed(typed.trim());
  const [deleting, setDeleting] = useState<v1.Room | null>(null);
  const load = useCallback(
    async (pageToken: string, signal: AbortSignal): Promise<Page<v1.Room>> => {
      const request = { directory: true, query, pageSize: PAGE_SIZE, pageToken };
      const { rooms, nextPageToken } = await chat.call(v1.RoomService.method.listRooms, request, { signal });
      return { items: rooms, nextPageToken };
    },
    [chat, query],
  );
  const pages = usePages(load);
  return (
    <section aria-label="Rooms">
      <div className="admin-two">
        <Field
          label="The beginning of a title"
          type="search"
          hint="Public rooms. Private ones are listed to their members only."
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </div>
      <PagedList pages={pages} nothing="There is no such public room.">
        {(room) => <RoomItem key={room.id} room={room} onDelete={() => setDeleting(room)} />}
      </PagedList>
      {deleting && <DeleteRoom room={deleting} onDeleted={pages.reload} onClose={() => setDeleting(null)} />}
    </section>
  );
}

function RoomItem({ room, onDelete }: { readonly room: v1.Room; readonly onDelete: () => void }): ReactNode {
  const chat = useChat();
  const { isBusy, run } = useAction();
  const [, navigate] = useLocation();
  const { id, title, topic, memberCount, lastSeq } = room;
  const open = async (): Promise<void> => {
    const isIn = chat.rooms.get(id) !== undefined;
    if (isIn || (await run(() => chat.rooms.join(id)))) navigate(roomPath(id));
  };
  const members = memberCount === 1 ? "1 member" : `${memberCount} members`;
  return (
    <li>
      <span className="admin-item">
        <span className="truncated">{title}</span>
        <small className="truncated">
          {[members, `message #${lastSeq}`, topic].filter(Boolean).join(" · ")}
        </small>
      </span>
      <Button isBusy={isBusy} aria-label={`Open ${title}`} onClick={() => void open()}>
        Open
      </Button>
      <Button aria-label={`Delete ${title}`} onClick={onDelete}>
        Delete
      </Button>
    </li>
  );
}

interface DeleteRoomProps {
  readonly room: v1.Room;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
}

function DeleteRoom({ room, onDeleted, onClose }: DeleteRoomProps): ReactNode {
  const chat = useChat();
  const { isBusy, run } = useAction();
  const remove = async (): Promise<void> => {
    const isDone = await run(
      () => chat.call(v1.RoomService.method.deleteRoom, { roomId: room.id }),
      `“${room.title}” is deleted.`,
    );
    if (!isDone) return;
    onDeleted();
    onClose();
  };
  return (
    <Dialog title={`Delete “${room.title}”?`} onClose={onClose}>
      <p>All its messages go, for everybody. This can't be undone.</p>
      <div className="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" isBusy={isBusy} onClick={() => void remove()}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}
