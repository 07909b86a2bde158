import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import type { RoomId } from "../../domain/ids.ts";
import {
  parseMentions,
  parseMessageText,
  parsePayload,
  parsePlace,
  parseRoomId,
  parseSeq,
} from "../../domain/messages/fields.ts";
import type { MessageEdit, MessagePlace } from "../../domain/messages/message.ts";
import type { OwnMember } from "../../domain/rooms/room.ts";
import { parseReason } from "../../domain/users/profile.ts";
import type { SeenMessage } from "../../store/port/messages.ts";
import type { Store } from "../../store/port/store.ts";
import { type Publish, published } from "../publishing.ts";

/** Changes messages after they were sent, and the positions up to which people have read them. */
export interface MessageChanges {
  /**
   * Edits a message of the caller's own, pins or unpins any.
   *
   * @throws ChatError MESSAGE_NOT_FOUND, MESSAGE_DELETED, EDIT_CONFLICT, NOT_PERMITTED, TEXT_…, FIELD_…, MENTION_NOT_MEMBER,
   * TOO_MANY_IDS
   */
  updateMessage(ask: AccountAsk, edit: MessagePlace & MessageEdit): Promise<SeenMessage>;
  /** Leaves a tombstone; again changes nothing. @throws ChatError MESSAGE_NOT_FOUND, NOT_PERMITTED, PROFILE_FIELD_… */
  deleteMessage(ask: AccountAsk, deletion: MessagePlace & { reason: string }): Promise<SeenMessage>;
  /** Moves the caller's own read position, forward only. @throws ChatError NOT_A_MEMBER, FIELD_… */
  updateReadCursor(
    ask: AccountAsk,
    cursor: { readonly roomId: RoomId; readonly readSeq: number },
  ): Promise<OwnMember>;
}

export function createMessageChanges(store: Store, publish: Publish): MessageChanges {
  return {
    async updateMessage(ask, edit) {
      parseRoomId(edit.roomId, "message.room_id");
      parseSeq(edit.seq, "message.seq");
      return published(publish, await store.updateMessage({ ...parseEdit(edit), ...actorNow(ask) }));
    },

    async deleteMessage(ask, { reason, ...place }) {
      const { roomId, seq } = parsePlace(place);
      parseReason(reason, "reason");
      const detail = [`message ${seq} of room ${roomId}`, reason].filter((part) => part !== "").join("; ");
      const audit = auditEntry(ask, { action: "message-deleted", detail });
      return published(publish, await store.deleteMessage({ ...actorNow(ask), roomId, seq, audit }));
    },

    async updateReadCursor(ask, cursor) {
      const { roomId } = cursor;
      parseRoomId(roomId, "room_id");
      parseSeq(cursor.readSeq, "read_seq");
      const { self, moved, walledOff } = published(
        publish,
        await store.updateReadCursor({ ...cursor, ...actorNow(ask) }),
      );
      if (moved) {
        const audience = { allBut: walledOff };
        publish({ signal: { kind: "read", roomId, userId: self.userId, audience, readSeq: self.readSeq } });
      }
      return self;
    },
  };
}

function parseEdit<Edit extends MessageEdit>(edit: Edit): Edit {
  const { text, payload, mentionUserIds: mentions } = edit;
  // The store refuses an empty text where the message has no payload.
  if (text !== undefined) parseMessageText(text, "message.text", { mayBeEmpty: true });
  if (payload) parsePayload(payload, { bytes: "message.payload", type: "message.payload_type" });
  const mentionUserIds = mentions && parseMentions(mentions, "message.mention_user_ids");
  return mentionUserIds ? { ...edit, mentionUserIds } : edit;
}
