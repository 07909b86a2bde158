import { useChat, useObservable } from "@confab/client/react";
import { type ReactNode, useEffect, useRef } from "react";
import { say } from "../notices/notices.ts";
import { momentName } from "../text/times.ts";

/** Tells the user when another has removed them from a room, and why. */
export function RemovalNotices(): ReactNode {
  const removals = useObservable(useChat().rooms.removals);
  const told = useRef(removals.length);
  useEffect(() => {
    for (const { title, state, until, reason } of removals.slice(
      0,
      Math.max(0, removals.length - told.current),
    )) {
      const deed = state === "banned" ? "banned from" : "removed from";
      const end = until ? ` until ${momentName(until, new Date())}` : "";
      say(`You were ${deed} “${title}”${end}${reason === "" ? "." : `: ${reason}`}`, "error");
    }
    told.current = removals.length;
  }, [removals]);
  return null;
}
