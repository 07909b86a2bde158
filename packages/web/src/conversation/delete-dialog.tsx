import type { Room, TimelineItem } from "@confab/client/core";
import { type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { plainText } from "../markdown/plain-text.ts";
import { sayError } from "../notices/notices.ts";

interface DeleteDialogProps {
  readonly room: Room;
  readonly item: TimelineItem;
  readonly onClose: () => void;
}

/** Asks before a message is deleted for everybody. */
export function DeleteDialog({ room, item, onClose }: DeleteDialogProps): ReactNode {
  const [isBusy, setIsBusy] = useState(false);
  const remove = (): void => {
    setIsBusy(true);
    // Shows at once in the list; a refusal is told.
    room.delete(item.seq).catch(sayError);
    onClose();
  };
  return (
    <Dialog title="Delete this message?" onClose={onClose}>
      <blockquote className="delete-quote">
        <strong>{item.sender.displayName}</strong> {plainText(item.text)}
      </blockquote>
      <p>It goes for everybody. This can't be undone.</p>
      <div className="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" isBusy={isBusy} onClick={remove}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}
