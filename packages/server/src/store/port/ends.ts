import type { RoomChange } from "../../domain/changes.ts";

/** What ends by itself: each call ends some of it, and gives what that changed. Empty: nothing is left to do. */
export interface EndStore {
  /** Memberships, invitations, bans, mutes and single permissions whose time is over. */
  endMemberships(query: { nowMs: number; limit: number }): Promise<readonly RoomChange[]>;
  /** Leaves tombstones of the messages whose time to live is over. */
  expireMessages(query: { nowMs: number; limit: number }): Promise<readonly RoomChange[]>;
  /** Erases the messages that are older than their room keeps them. */
  applyRetention(query: { nowMs: number; limit: number }): Promise<readonly RoomChange[]>;
}
