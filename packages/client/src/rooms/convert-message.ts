import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import { toDate } from "./convert-room.ts";
import type { MessageRecord } from "./records.ts";

/** Mentions everyone in the room. */
const ALL = "all";

/** How a message came to be known. */
export interface Reading {
  readonly meId: string;
  /** In an answer to oneself, which says which reactions are one's own; an event doesn't. */
  readonly isAnswer: boolean;
}

export function toMessageRecord(message: v1.Message, { meId, isAnswer }: Reading): MessageRecord {
  const createTime = toDate(message.createTime);
  const updateTime = toDate(message.updateTime);
  const { expireTime } = message;
  return {
    roomId: message.roomId,
    seq: Number(message.seq),
    id: message.id,
    clientMessageId: message.clientMessageId,
    senderId: message.senderId,
    isMine: message.senderId === meId,
    text: message.text,
    replyToSeq: Number(message.replyToSeq),
    threadRootSeq: Number(message.threadRootSeq),
    mentionUserIds: message.mentionUserIds,
    mentionsMe: message.mentionUserIds.some((userId) => userId === meId || userId === ALL),
    reactions: message.reactions.map(({ emoji, count, self }) => ({ emoji, count, isMine: self })),
    isPinned: message.pinned,
    isDeleted: message.deleted,
    isEdited: !message.deleted && !message.pinned && updateTime.getTime() > createTime.getTime(),
    createTime,
    updateTime,
    ...(expireTime && { expireTime: timestampDate(expireTime) }),
    revision: Number(message.revision),
    payload: message.payload,
    payloadType: message.payloadType,
    isSure: isAnswer || message.reactions.length === 0,
  };
}
