import type { RoomRole } from "../../domain/access/permissions.ts";
import type { AuditEntry } from "../../domain/admin/audit.ts";
import type { EndMs } from "../../domain/expiry.ts";
import type { UserId } from "../../domain/ids.ts";
import type { MemberPatch } from "../../domain/members/changes.ts";
import type { MemberState } from "../../domain/members/membership.ts";
import type { Member } from "../../domain/rooms/room.ts";
import type { Changed } from "./changed.ts";
import type { RoomQuery } from "./rooms.ts";

export interface MemberStore {
  /** Invites, joins or knocks, each user as the rules have it: all of them or nobody. */
  addMembers(
    addition: RoomQuery & {
      userIds: readonly UserId[];
      /** Null: the role that each would enter with on their own. */
      role: RoomRole | null;
      expiresAtMs: EndMs;
      audit: AuditEntry;
    },
  ): Promise<{ readonly members: readonly Member[] } & Changed>;
  /** In the order of the users' ids, after `afterId`. Null: those who have joined. */
  listMembers(
    query: RoomQuery & { afterId: string; limit: number; state: MemberState | null },
  ): Promise<readonly Member[]>;
  updateMember(
    change: RoomQuery & { userId: UserId; patch: MemberPatch; reason: string; audit: AuditEntry },
  ): Promise<{ readonly member: Member } & Changed>;
  /** Removes another, or leaves. */
  removeMember(removal: RoomQuery & { userId: UserId; reason: string; audit: AuditEntry }): Promise<Changed>;
}
