import { useObservable } from "@confab/client/react";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../design/button.tsx";
import { dismiss, notices } from "./notices.ts";
import "./notice-stack.css";

/** Shows the answers to what the user did, above everything else. */
export function NoticeStack(): ReactNode {
  const shown = useObservable(notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {shown.map(({ id, kind, words }) => (
        <div key={id} className={`notice notice-${kind}`}>
          <span>{words}</span>
          <IconButton icon={X} label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
