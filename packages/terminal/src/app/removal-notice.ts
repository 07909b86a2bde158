import type { Removal } from "@confab/client";
import { momentName } from "../text/times.ts";
import { type ChatContext, say } from "./chat-context.ts";

/** Tells the user that they were removed from a room, and why. */
export function sayRemoval(context: ChatContext, removal: Removal): void {
  // The user may not be looking, so it waits for them.
  say(context, "error", removalWords(removal), "input");
}

function removalWords({ title, state, until, reason }: Removal): string {
  const what = state === "banned" ? "banned" : "removed";
  const end = until ? ` until ${momentName(until, new Date())}` : "";
  return `you were ${what} from ${title}${end}${reason === "" ? "" : `: ${reason}`}`;
}
