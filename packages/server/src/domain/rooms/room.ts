import type { RoomAccess } from "../access/room-access.ts";
import type { RoomId, UserId } from "../ids.ts";
import type { Labels } from "../labels.ts";
import type { Membership } from "../members/membership.ts";
import type { Message, Unread } from "../messages/message.ts";

/** A room as it is stored. Everyone who may know of it sees all of this. */
export interface Room extends RoomAccess {
  readonly id: RoomId;
  readonly title: string;
  readonly topic: string;
  /** Messages older than this are erased; 0 keeps them. */
  readonly retentionMs: number;
  /** 0 means the server's own limit. */
  readonly maxMembers: number;
  readonly labels: Labels;
  /** Everyone whom a direct room is for; empty for other rooms. */
  readonly directUserIds: readonly UserId[];
  /** The newest message's seq. */
  readonly lastSeq: number;
  /** The seq of the oldest message that retention has not erased. */
  readonly firstSeq: number;
  /** Counts every durable change. */
  readonly revision: number;
  /** The number of joined members. */
  readonly memberCount: number;
  /** Counts the changes of the room's own fields; serves as its etag. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** One user's record in one room. */
export interface Member extends Membership {
  readonly roomId: RoomId;
  readonly userId: UserId;
  /** The last seq that this member has read. */
  readonly readSeq: number;
  /** The room's revision at the record's last change. */
  readonly revision: number;
  /** The reason for which another has removed or banned this user, who alone may know it. Null if nobody has. */
  readonly removedFor: string | null;
}

/** Returns a member as users outside the room see them: who is there, and as what. */
export function toOutsiders(member: Member): Member {
  return { ...member, expiresAtMs: null, mutedUntilMs: null, allow: [], deny: [], joinedSeq: 0, readSeq: 0 };
}

export interface OwnMember extends Member, Unread {}

/** A room as one user sees it. */
export interface RoomView {
  readonly room: Room;
  /** Null if the user has no record in the room. */
  readonly self: OwnMember | null;
  /** Null if there is none, or the user may not read it. */
  readonly lastMessage: Message | null;
  /** The emoji with which this user has reacted to it. */
  readonly lastOwnEmoji: readonly string[];
}
