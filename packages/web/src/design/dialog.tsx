import { Dialog as AriakitDialog, DialogHeading } from "@ariakit/react";
import type { ReactNode } from "react";
import "./dialog.css";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A modal dialog, open for as long as it is rendered. Loaded with the first one that opens. */
export function Dialog({ title, onClose, children }: DialogProps): ReactNode {
  return (
    <AriakitDialog
      open
      onClose={onClose}
      className="dialog"
      backdrop={<div className="dialog-backdrop" />}
      unmountOnHide
    >
      <DialogHeading className="dialog-heading">{title}</DialogHeading>
      {children}
    </AriakitDialog>
  );
}
