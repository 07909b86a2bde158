import type { RoomId, UserId } from "../../domain/ids.ts";
import type { Actor, Refused } from "./outcomes.ts";

/** What is asked and remembered of who is there. Whether someone is there now is known to the nodes alone. */
export interface PresenceStore {
  /** The rooms that a user has joined and that have at most `maxMembers`. */
  listPresenceRooms(query: { userId: UserId; maxMembers: number; nowMs: number }): Promise<readonly RoomId[]>;
  /** Remembers when users were last there; of those who hide it nothing is remembered. */
  touchLastSeen(seen: { users: readonly SeenAt[] }): Promise<void>;
  /** Of those users who have joined the room and don't hide it; of nobody, if the viewer has not joined it. */
  readLastSeen(query: {
    viewerId: UserId;
    roomId: RoomId;
    userIds: readonly UserId[];
    nowMs: number;
  }): Promise<readonly LastSeen[]>;
  /** Whether someone may say that they are typing: whether they may post. */
  checkTyping(query: {
    actor: Actor;
    roomId: RoomId;
    nowMs: number;
  }): Promise<{ readonly kind: "done" } | Refused>;
}

interface SeenAt {
  readonly userId: UserId;
  readonly atMs: number;
}

export interface LastSeen {
  readonly userId: UserId;
  /** Null for those who were never there. */
  readonly lastSeenAtMs: number | null;
}
