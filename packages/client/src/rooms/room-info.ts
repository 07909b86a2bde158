import type { Message } from "../messages/message.ts";
import type { Activity } from "../presence/presence.ts";
import type { User } from "../users/user.ts";

/** A member's role in a room, ascending in rights. */
export type Role = "guest" | "member" | "moderator" | "owner";

/** A user's membership state in a room. */
export type MemberState = "invited" | "knocking" | "joined" | "left" | "banned";

/** An action that a member may be allowed in a room. */
export type Permission =
  | "read"
  | "post"
  | "react"
  | "edit-own"
  | "delete-own"
  | "delete-any"
  | "pin"
  | "mention-all"
  | "invite"
  | "manage-members"
  | "manage-room";

/** A user's membership in a room. */
export interface Member {
  readonly roomId: string;
  readonly userId: string;
  /** A placeholder until the profile is loaded: see `User.isKnown`. */
  readonly user: User;
  readonly role: Role;
  readonly state: MemberState;
  /** Permissions besides those of the role. */
  readonly allow: readonly Permission[];
  /** Permissions taken from the role. */
  readonly deny: readonly Permission[];
  readonly mutedUntil?: Date;
  /** Time at which the membership, invitation or ban ends by itself. */
  readonly expireTime?: Date;
  readonly readSeq: number;
  /** Set only by `Room.members`. */
  readonly presence: Activity;
  readonly lastSeenTime?: Date;
  /** The reason for which another has removed or banned the user; empty in the memberships of others. */
  readonly reason: string;
}

/** The answer to the question if somebody may do something in a room. */
export interface Access {
  readonly isAllowed: boolean;
  /** The rule that decided. */
  readonly decidedBy: string;
  /** Every rule that was considered, in order. */
  readonly trace: readonly string[];
}

/** The rules of a room. */
export interface RoomPolicy {
  readonly joinRule: "open" | "knock" | "invite";
  readonly historyVisibility: "full" | "since-join";
  /** Least time between two messages of one member; 0: off. */
  readonly slowModeMs: number;
  /** Time that messages are kept; 0: no limit. */
  readonly retentionMs: number;
  readonly maxMembers: number;
  readonly requiredLikes: number;
}

/** The state of a room. Immutable: a change makes a new object. */
export interface RoomInfo {
  readonly id: string;
  readonly kind: "group" | "broadcast" | "direct";
  /** Never empty: a direct room has the names of the others whom it is for. */
  readonly title: string;
  readonly topic: string;
  readonly isPublic: boolean;
  readonly policy: RoomPolicy;
  readonly labels: Readonly<Record<string, string>>;
  /** Ids of everyone whom a direct room is for, the user's too, in it or not; empty for other rooms. */
  readonly directUserIds: readonly string[];
  readonly memberCount: number;
  /** The user's own membership; null outside the room. */
  readonly self: Member | null;
  /** Messages of others after the user's read position, without those of people whom the user blocks or mutes. */
  readonly unreadCount: number;
  readonly mentionCount: number;
  readonly readSeq: number;
  /** Seq of the newest message when the user joined. Unread messages come after it. */
  readonly joinedSeq: number;
  /** Seq of the newest message; 0: none. */
  readonly lastSeq: number;
  /** Seq of the oldest message that is kept. */
  readonly firstSeq: number;
  readonly lastMessage: Message | null;
  readonly createTime: Date;
  readonly updateTime: Date;
}
