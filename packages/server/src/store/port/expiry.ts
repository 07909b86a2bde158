import type { UserId } from "../../domain/ids.ts";
import type { RoomChange } from "../../domain/live/changes.ts";

/** Ends whatever has expired. Each call ends some of it and returns the changes. Empty: nothing is left. */
export interface ExpiryStore {
  /** Memberships, invitations, bans, mutes and single permissions whose time is over. */
  endMemberships(query: { nowMs: number; limit: number }): Promise<readonly RoomChange[]>;
  /** Leaves tombstones of the messages whose time to live is over. */
  expireMessages(query: { nowMs: number; limit: number }): Promise<readonly RoomChange[]>;
  /** Erases the messages that are older than their room keeps them. */
  applyRetention(query: { nowMs: number; limit: number }): Promise<readonly RoomChange[]>;
  /** Ends suspensions and roles whose time is over. Each call ends some, and gives their users. Empty: nothing is left. */
  endAccess(query: { nowMs: number; limit: number }): Promise<readonly UserId[]>;
  /** Frees the handles that were given up long enough ago. */
  releaseHandles(query: { nowMs: number }): Promise<void>;
  /** Removes the addresses from the entries of the audit trail that are older. */
  forgetAddresses(query: { beforeMs: number }): Promise<void>;
  /** Erases what erased users and deleted rooms have left: it counts as erased already. Nothing erased: nothing is left. */
  continueErasures(query: {
    nowMs: number;
    limit: number;
  }): Promise<{ readonly changes: readonly RoomChange[]; readonly erased: number }>;
}
