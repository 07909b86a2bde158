import type { BusEvent } from "../bus/port.ts";
import type { Origin } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { RoomId } from "../domain/ids.ts";
import {
  parseEmoji,
  parseMessageText,
  parsePayload,
  parseRoomId,
  parseSeq,
} from "../domain/message-fields.ts";
import { parseReason } from "../domain/profile.ts";
import type { OwnMember } from "../domain/rooms.ts";
import type { SeenMessage } from "../store/port/messages.ts";
import type { Store } from "../store/port/store.ts";
import type { Clock } from "./clock.ts";
import { requireOwnAccount } from "./joining.ts";
import { published } from "./publishing.ts";
import { toActor } from "./refusals.ts";
import { requireAccount } from "./require.ts";

/** What becomes of messages after they were sent, and how far people have read them. */
export interface MessageChanges {
  /**
   * Edits a message of one's own, pins or unpins any.
   *
   * @throws ChatError MESSAGE_NOT_FOUND, MESSAGE_DELETED, EDIT_CONFLICT, NOT_PERMITTED, TEXT_…, FIELD_…
   */
  update(place: MessagePlace, edit: MessageEdit, origin: Origin): Promise<SeenMessage>;
  /** Leaves a tombstone; again changes nothing. @throws ChatError MESSAGE_NOT_FOUND, NOT_PERMITTED, PROFILE_FIELD_… */
  delete(place: MessagePlace, reason: string, origin: Origin): Promise<SeenMessage>;
  /** @throws ChatError MESSAGE_NOT_FOUND, MESSAGE_DELETED, NOT_PERMITTED, FIELD_… */
  react(
    place: MessagePlace,
    reaction: { readonly emoji: string; readonly removed: boolean },
    origin: Origin,
  ): Promise<SeenMessage>;
  /** Moves one's own read position, forward only. @throws ChatError NOT_A_MEMBER, FIELD_… */
  updateReadCursor(
    cursor: { readonly roomId: RoomId; readonly readSeq: number },
    origin: Origin,
  ): Promise<OwnMember>;
}

export interface MessagePlace {
  readonly roomId: RoomId;
  readonly seq: number;
}

/** The fields that are given change. */
export interface MessageEdit {
  readonly text?: string;
  readonly payload?: { readonly payload: string; readonly payloadType: string };
  readonly pinned?: boolean;
  /** Refuses the edit if the message has changed since; 0: whatever it is. */
  readonly expectedRevision: number;
}

export interface MessageChangesOptions {
  readonly store: Store;
  readonly publish: (event: BusEvent) => void;
  readonly clock: Clock;
}

export function createMessageChanges({ store, publish, clock }: MessageChangesOptions): MessageChanges {
  return {
    async update({ roomId, seq }, edit, { caller }) {
      parseRoomId(roomId, "message.room_id");
      parseSeq(seq, "message.seq");
      checkEdit(edit);
      const actor = toActor(requireAccount(caller));
      return published(publish, await store.updateMessage({ ...edit, actor, roomId, seq, nowMs: clock() }));
    },

    async delete(place, reason, { caller, address }) {
      const { roomId, seq } = parsePlace(place);
      parseReason(reason, "reason");
      const account = requireAccount(caller);
      const { serviceId } = account;
      const actor = toActor(account);
      return published(
        publish,
        await store.deleteMessage({ actor, roomId, seq, reason, address, serviceId, nowMs: clock() }),
      );
    },

    async react(place, { emoji, removed }, origin) {
      const actor = toActor(requireOwnAccount(origin));
      const { roomId, seq } = parsePlace(place);
      parseEmoji(emoji, "emoji");
      const reaction = { actor, roomId, seq, emoji, removed, nowMs: clock() };
      return published(publish, await store.setReaction(reaction));
    },

    async updateReadCursor({ roomId, readSeq }, { caller }) {
      parseRoomId(roomId, "room_id");
      parseSeq(readSeq, "read_seq");
      const cursor = { actor: toActor(requireAccount(caller)), roomId, readSeq, nowMs: clock() };
      const { self, moved } = published(publish, await store.updateReadCursor(cursor));
      if (moved) {
        publish({ signal: { kind: "read", roomId, userId: self.userId, readSeq: self.readSeq } });
      }
      return self;
    },
  };
}

function parsePlace({ roomId, seq }: MessagePlace): MessagePlace {
  return { roomId: parseRoomId(roomId, "room_id"), seq: parseSeq(seq, "seq") };
}

function checkEdit({ text, payload, pinned }: MessageEdit): void {
  if (text === undefined && payload === undefined && pinned === undefined) {
    const message = "name the fields to change in update_mask";
    throw new ChatError("FIELD_REQUIRED", message, { field: "update_mask" });
  }
  // Whether the text may be empty depends on the payload that the message then has.
  if (text !== undefined) parseMessageText(text, "message.text", { mayBeEmpty: true });
  if (payload) parsePayload(payload, { payload: "message.payload", payloadType: "message.payload_type" });
}
