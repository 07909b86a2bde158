import type { Room, RoomInfo } from "@confab/client/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Field } from "../design/field.tsx";
import { useAction } from "../notices/use-action.ts";

interface EndRoomDialogProps {
  readonly room: Room;
  readonly info: RoomInfo;
  readonly way: "leave" | "delete";
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks before the user leaves a room, or deletes it for everybody. */
export function EndRoomDialog({ room, info, way, onClose, onDone }: EndRoomDialogProps): ReactNode {
  const { isBusy, run } = useAction();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  const isDelete = way === "delete";
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isDelete && typed.trim() !== info.title) return setError(`Type “${info.title}” to delete it.`);
    const isDone = await run(
      () => (isDelete ? room.deleteRoom() : room.leave()),
      isDelete ? `“${info.title}” is deleted.` : `You have left “${info.title}”.`,
    );
    if (isDone) onDone();
  };
  return (
    <Dialog title={isDelete ? "Delete this room?" : titleOfLeaving(info)} onClose={onClose}>
      <form className="dialog-form" noValidate onSubmit={(event) => void submit(event)}>
        <p>{isDelete ? "All its messages go, for everybody. This can't be undone." : wordsOfLeaving(info)}</p>
        {isDelete && (
          <Field
            label="The room's title, to be sure"
            placeholder={info.title}
            autoFocus
            autoComplete="off"
            value={typed}
            error={error}
            onChange={({ target }) => {
              setTyped(target.value);
              setError(undefined);
            }}
          />
        )}
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" type="submit" isBusy={isBusy}>
            {isDelete ? "Delete" : info.kind === "direct" ? "Close" : "Leave"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function titleOfLeaving({ kind, title }: RoomInfo): string {
  return kind === "direct" ? "Close these messages?" : `Leave “${title}”?`;
}

function wordsOfLeaving({ kind, isPublic }: RoomInfo): string {
  if (kind === "direct") return "They go from your list. The next message brings them back.";
  return isPublic ? "You can join it again." : "You need an invitation to come back.";
}
