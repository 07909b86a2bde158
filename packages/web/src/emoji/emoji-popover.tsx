import { Popover, PopoverProvider } from "@ariakit/react";
import type { ReactNode } from "react";
import { EmojiGrid } from "./emoji-grid.tsx";
import "./emoji.css";

interface EmojiPopoverProps {
  readonly anchor: HTMLElement;
  readonly onChoose: (emoji: string) => void;
  readonly onClose: () => void;
}

/** The emoji picker, beside the button that has opened it. */
export function EmojiPopover({ anchor, onChoose, onClose }: EmojiPopoverProps): ReactNode {
  const rect = anchor.getBoundingClientRect();
  return (
    <PopoverProvider open setOpen={(isOpen) => !isOpen && onClose()} placement="top-end">
      <Popover
        className="emoji-popover"
        aria-label="Choose an emoji"
        modal
        gutter={8}
        getAnchorRect={() => rect}
        unmountOnHide
      >
        <EmojiGrid
          onChoose={(emoji) => {
            onChoose(emoji);
            onClose();
          }}
        />
      </Popover>
    </PopoverProvider>
  );
}
