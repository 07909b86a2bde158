import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import type { MessageRecord } from "../live/records.ts";
import { toDate } from "../rooms/convert-room.ts";

/** Mentions everyone in the room. */
const ALL = "all";

interface Reading {
  readonly meId: string;
  /** True for an answer, which marks the user's own reactions; events don't. */
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
    knowsOwnReactions: isAnswer || message.reactions.length === 0,
  };
}
