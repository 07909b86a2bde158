import type { Message } from "./message.ts";
import type { Member, RoomInfo } from "./room-info.ts";

/** A message without what may come later: who its sender is called. */
export type MessageRecord = Omit<Message, "sender"> & {
  /** Whether `isMine` of its reactions is known: the stream doesn't tell. */
  readonly isSure: boolean;
};

/** A member without their name. */
export type MemberRecord = Omit<Member, "user">;

/** What a room's own fields are: the same for everyone in it. */
export type RoomRecord = Pick<
  RoomInfo,
  | "id"
  | "kind"
  | "title"
  | "topic"
  | "isPublic"
  | "policy"
  | "labels"
  | "memberCount"
  | "firstSeq"
  | "createTime"
  | "updateTime"
>;
