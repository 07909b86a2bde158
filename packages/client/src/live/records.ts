import type { Message } from "../messages/message.ts";
import type { Member, RoomInfo } from "../rooms/room-info.ts";

/** A message without what is known of its sender, which may change. */
export type MessageRecord = Omit<Message, "sender" | "isFromBlocked"> & {
  /** True if `isMine` of its reactions is right; events don't contain it, answers do. */
  readonly knowsOwnReactions: boolean;
};

/** A member without the user's profile. */
export type MemberRecord = Omit<Member, "user">;

/** The fields of a room that are the same for all members. */
export type RoomRecord = Pick<
  RoomInfo,
  | "id"
  | "kind"
  | "title"
  | "topic"
  | "isPublic"
  | "policy"
  | "labels"
  | "directUserIds"
  | "memberCount"
  | "firstSeq"
  | "createTime"
  | "updateTime"
>;
