import { isLikelyAllowed, type RightsQuery } from "@confab/client";
import type { CommandHelp } from "./commands.ts";

/**
 * Returns true if a command is worth offering: the user's role permits it, as far as it is known here. The server decides
 * when it is used.
 */
export function isOffered(
  { needs, isAboutRoom, needsAccount }: CommandHelp,
  situation: RightsQuery,
): boolean {
  if (needsAccount && situation.me.kind === "guest") return false;
  if (isAboutRoom && !situation.room) return false;
  return needs === undefined || isLikelyAllowed(needs, situation);
}
