import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import type { MessageRecord } from "../live/records.ts";
import { toDate } from "../rooms/convert-room.ts";

/** Mentions everyone in the room. */
const ALL = "all";
/** Shared by all messages, because many are kept. */
const NONE: readonly never[] = Object.freeze([]);
const NO_PAYLOAD = new Uint8Array();

interface Reading {
  readonly meId: string;
  /** True for an answer, which marks the user's own reactions; events don't. */
  readonly isAnswer: boolean;
}

export function toMessageRecord(message: v1.Message, { meId, isAnswer }: Reading): MessageRecord {
  const createTime = toDate(message.createTime);
  const changed = toDate(message.updateTime);
  const updateTime = changed.getTime() === createTime.getTime() ? createTime : changed;
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
    mentionUserIds: message.mentionUserIds.length > 0 ? message.mentionUserIds : NONE,
    mentionsMe: message.mentionUserIds.some((userId) => userId === meId || userId === ALL),
    reactions:
      message.reactions.length > 0
        ? message.reactions.map(({ emoji, count, self }) => ({ emoji, count, isMine: self }))
        : NONE,
    isPinned: message.pinned,
    isDeleted: message.deleted,
    isEdited: !message.deleted && !message.pinned && updateTime.getTime() > createTime.getTime(),
    createTime,
    updateTime,
    ...(expireTime && { expireTime: timestampDate(expireTime) }),
    revision: Number(message.revision),
    payload: message.payload.length > 0 ? message.payload : NO_PAYLOAD,
    payloadType: message.payloadType,
    knowsOwnReactions: isAnswer || message.reactions.length === 0,
  };
}
