import type { AuditEntry } from "../../domain/admin/audit.ts";

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

/** The entry of a room that nobody in particular has made. */
export const ROOM_AUDIT: AuditEntry = {
  atMs: 0,
  action: "room-created",
  actorId: null,
  serviceId: null,
  targetId: null,
  address: "local",
  detail: "",
};
