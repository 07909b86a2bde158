import { imitatesErased } from "./erased-name.ts";

/** The handles that nobody can have, however they are written: `ad.min` is `admin`. */
export interface HeldHandles {
  has(key: string): boolean;
}

/** They mean everyone or the caller, sound like who runs the server, or would be taken for no name at all. */
const HELD = [
  ...["all", "here", "everyone", "channel", "room", "lobby", "me", "null", "undefined"],
  ...["admin", "administrator", "moderator", "mod", "system", "support", "help", "root", "operator"],
  ...["bot", "confab", "guest", "deleted-user"],
];

/** Holds the usual handles and these. */
export function heldHandles(more: readonly string[]): HeldHandles {
  const held = new Set([...HELD, ...more].map(withoutSeparators));
  return { has: (key) => held.has(withoutSeparators(key)) || imitatesErased(key) };
}

function withoutSeparators(handle: string): string {
  return handle.toLowerCase().replace(/[._-]/g, "");
}
