import type { Room } from "@confab/client/core";
import { momentName } from "../text/times.ts";
import { memberIn } from "./find-people.ts";

export type Moderation = "kick" | "ban" | "unban" | "mute" | "unmute";

const MUTE_MS = 60 * 60_000;
const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 60 * 60_000, d: 24 * 60 * 60_000 };
const DURATION = /^(\d{1,4})([mhd])(?=\s|$)\s*/i;

/** Removes, bans or mutes a member, or takes that back. @returns what to tell the user */
export async function moderate(room: Room, deed: Moderation, argument: string): Promise<string> {
  const members = await room.members({ state: deed === "unban" ? "banned" : "joined" });
  const { member, rest } = memberIn(argument, members);
  const { userId, user } = member;
  const name = user.displayName;
  switch (deed) {
    case "kick":
      await room.remove(userId, { reason: rest });
      return `${name} is removed from this room`;
    case "ban":
      await room.updateMember(userId, { state: "banned", reason: rest });
      return `${name} is banned: /unban lifts that`;
    case "unban":
      await room.updateMember(userId, { state: "left" });
      return `${name} may come back`;
    case "mute": {
      const { durationMs, reason } = muteOf(rest);
      const mutedUntil = new Date(Date.now() + durationMs);
      await room.updateMember(userId, { mutedUntil, reason });
      return `${name} can only read here until ${momentName(mutedUntil, new Date())}`;
    }
    case "unmute":
      await room.updateMember(userId, { mutedUntil: null });
      return `${name} may write again`;
    default:
      return deed satisfies never;
  }
}

/** Reads `10m spam`: a time, an hour if there is none, and a reason. */
export function muteOf(text: string): { readonly durationMs: number; readonly reason: string } {
  const [whole = "", digits = "", unit = ""] = DURATION.exec(text) ?? [];
  const durationMs = Number(digits) * (unitMs[unit.toLowerCase()] ?? 0);
  return durationMs > 0
    ? { durationMs, reason: text.slice(whole.length) }
    : { durationMs: MUTE_MS, reason: text };
}
