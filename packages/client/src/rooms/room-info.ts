import type { User } from "../users/user.ts";
import type { Message } from "./message.ts";

/** What a member is in a room. */
export type Role = "guest" | "member" | "moderator" | "owner";

/** How someone stands to a room. */
export type MemberState = "invited" | "knocking" | "joined" | "left" | "banned";

/** What someone may do in a room. */
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

/** Someone's place in a room. */
export interface Member {
  readonly roomId: string;
  readonly userId: string;
  /** A stand-in until the name is known: see `User.isKnown`. */
  readonly user: User;
  readonly role: Role;
  readonly state: MemberState;
  /** Beside what the role has. */
  readonly allow: readonly Permission[];
  readonly deny: readonly Permission[];
  readonly mutedUntil?: Date;
  /** When the membership, invitation or ban ends by itself. */
  readonly expireTime?: Date;
  readonly readSeq: number;
  /** Only from `Room.members`. */
  readonly isOnline: boolean;
  readonly lastSeenTime?: Date;
}

/** The rules of a room. */
export interface RoomPolicy {
  readonly joinRule: "open" | "knock" | "invite";
  readonly historyVisibility: "full" | "since-join";
  /** The least time between two messages of one member; 0 is off. */
  readonly slowModeMs: number;
  /** How long messages are kept; 0: for ever. */
  readonly retentionMs: number;
  readonly maxMembers: number;
  readonly requiredLikes: number;
}

/** A room as it stands: never changed, a new one comes after each change. */
export interface RoomInfo {
  readonly id: string;
  readonly kind: "group" | "broadcast" | "direct";
  /** Never empty: of a direct room the names of the others. */
  readonly title: string;
  readonly topic: string;
  readonly isPublic: boolean;
  readonly policy: RoomPolicy;
  readonly labels: Readonly<Record<string, string>>;
  readonly memberCount: number;
  /** One's own place; null where one is not in the room. */
  readonly self: Member | null;
  /** Messages of others after one's read position. */
  readonly unreadCount: number;
  readonly mentionCount: number;
  readonly readSeq: number;
  /** The newest message's number; 0 where there is none. */
  readonly lastSeq: number;
  /** The oldest message's number that is kept. */
  readonly firstSeq: number;
  readonly lastMessage: Message | null;
  readonly createTime: Date;
  readonly updateTime: Date;
}
