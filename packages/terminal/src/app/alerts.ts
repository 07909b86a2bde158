import type { RoomInfo } from "@confab/client";

/** Counts the unread messages to the user: mentions, and everything in direct rooms. */
export function countForMe(rooms: readonly RoomInfo[]): number {
  return rooms.reduce((sum, room) => sum + forMe(room), 0);
}

/**
 * Returns true if a message to the user has come since the rooms were as they were before. A room that is open may have
 * been read at once, so its newest message counts too. `silenced` has the people who are blocked or ignored.
 */
export function hasNewForMe(
  before: readonly RoomInfo[],
  after: readonly RoomInfo[],
  silenced: { has(userId: string): boolean },
): boolean {
  const known = new Map(before.map((room) => [room.id, room]));
  return after.some((room) => {
    const was = known.get(room.id);
    if (forMe(room) > (was ? forMe(was) : 0)) return true;
    const { lastMessage, kind } = room;
    if (!was || !lastMessage || lastMessage.seq <= was.lastSeq) return false;
    const isForMe = kind === "direct" || lastMessage.mentionsMe;
    return isForMe && !lastMessage.isMine && !silenced.has(lastMessage.senderId);
  });
}

function forMe({ kind, unreadCount, mentionCount }: RoomInfo): number {
  return kind === "direct" ? unreadCount : mentionCount;
}
