import type { ActorNow } from "../../domain/access/ask.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";

/** Remembers when users were there. Only the nodes know who is there now. */
export interface PresenceStore {
  /**
   * The rooms that a user has joined and that have at most `maxMembers`, and everyone who has blocked the user, or whom the
   * user has blocked.
   */
  listPresenceRooms(query: { userId: UserId; maxMembers: number; nowMs: number }): Promise<PresenceRooms>;
  /** Remembers when users were last there; of those who hide it nothing is remembered. */
  touchLastSeen(seen: { users: readonly { userId: UserId; atMs: number }[] }): Promise<void>;
  /**
   * Of those users who have joined the room and don't hide it, without those who have blocked the viewer, or whom the viewer
   * has blocked; of nobody, if the viewer has not joined it.
   */
  readLastSeen(query: {
    viewerId: UserId;
    roomId: RoomId;
    userIds: readonly UserId[];
    nowMs: number;
  }): Promise<readonly LastSeen[]>;
  /**
   * Refuses whoever may not say that they are typing: whoever may not post. Gives everyone who has blocked the actor, or
   * whom the actor has blocked.
   */
  checkTyping(query: ActorNow & { roomId: RoomId }): Promise<readonly UserId[]>;
}

export interface PresenceRooms {
  readonly roomIds: readonly RoomId[];
  readonly walledOff: readonly UserId[];
}

interface LastSeen {
  readonly userId: UserId;
  /** Null for those who were never there. */
  readonly lastSeenAtMs: number | null;
}
