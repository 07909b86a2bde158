/** Everything beside the text of a message that has only its text. */
export const PLAIN_CONTENT = {
  clientMessageId: "",
  contentHash: "",
  repeatKey: null,
  replyToSeq: 0,
  threadRootSeq: 0,
  mentionUserIds: [],
  payload: null,
  ttlMs: 0,
} as const;
