import { isLikelyAllowed, type Member, type Room, type User } from "@confab/client/core";

const MENTION = /(?:^|[\s(])@([\p{L}\p{N}._-]+)/gu;
const EVERYONE = "all";
const known = new Map<string, readonly Member[]>();

/** Returns a room's members, from an earlier request while their number is the same. */
export async function membersOf(room: Room): Promise<readonly Member[]> {
  const before = known.get(room.id);
  if (before?.length === room.info.get().memberCount) return before;
  const members = await room.members();
  known.set(room.id, members);
  return members;
}

/** Returns the handles that a text names after `@`, in lower case. A full stop after one belongs to the sentence. */
export function handlesIn(text: string): ReadonlySet<string> {
  return new Set(
    Array.from(text.matchAll(MENTION), ([, handle = ""]) => handle.toLowerCase().replace(/[.-]+$/, "")),
  );
}

/** Returns the ids of the members whom a text mentions, and `all` if the user may mention everybody. */
export async function mentionsIn(room: Room, text: string, me: User): Promise<readonly string[]> {
  const handles = new Set(handlesIn(text));
  const mayAll = isLikelyAllowed("mention-all", { me, room: room.info.get() });
  const everyone = handles.delete(EVERYONE) && mayAll ? [EVERYONE] : [];
  if (handles.size === 0) return everyone;
  // Without a connection the message goes without its mentions, rather than not at all.
  const members = await membersOf(room).catch(() => []);
  const named = members.filter(({ user }) => user.handle !== "" && handles.has(user.handle.toLowerCase()));
  return [...named.map(({ userId }) => userId), ...everyone];
}
