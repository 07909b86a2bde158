import { ChatError } from "./errors.ts";
import type { RoomId } from "./ids.ts";
import { countCharacters } from "./names.ts";
import { parseText } from "./text.ts";

export const MAX_CLIENT_MESSAGE_ID_BYTES = 128;
export const MAX_PAYLOAD_BYTES = 32 * 1024;
const MAX_PAYLOAD_TYPE_CHARACTERS = 128;
const MAX_MENTIONS = 100;
const MAX_ID_CHARACTERS = 128;
const MIN_TTL_MS = 1_000;
const MAX_TTL_MS = 10 * 365 * 24 * 3_600_000;
const MAX_EMOJI_CHARACTERS = 32;
const MAX_EMOJI_BYTES = 64;

const CONTROL = /[\p{Cc}\p{Cs}]/u;
const BLANK_OR_CONTROL = /[\p{Cc}\p{Cs}\s]/u;
const ASCII = /^[\x20-\x7e]*$/;
const utf8 = new TextEncoder();

/** What a client wants to send; 0, empty and none stand for what it left out. */
export interface SendFields {
  readonly roomId: RoomId;
  readonly clientMessageId: string;
  readonly text: string;
  readonly replyToSeq: number;
  readonly threadRootSeq: number;
  readonly mentionUserIds: readonly string[];
  /** Base64. */
  readonly payload: string;
  readonly payloadType: string;
  readonly ttlMs: number;
}

/**
 * Checks what is to be sent, and returns it with each mention once.
 *
 * @throws ChatError FIELD_REQUIRED, FIELD_INVALID, FIELD_TOO_LONG, TEXT_EMPTY, TEXT_TOO_LONG, TOO_MANY_IDS
 */
export function parseSend(fields: SendFields): SendFields {
  parseRoomId(fields.roomId, "room_id");
  checkClientMessageId(fields.clientMessageId, "client_message_id");
  parsePayload(fields, { payload: "payload", payloadType: "payload_type" });
  parseMessageText(fields.text, "text", { mayBeEmpty: fields.payload !== "" });
  checkTtl(fields.ttlMs, "ttl");
  const mentionUserIds = parseMentions(fields.mentionUserIds, "mention_user_ids");
  return mentionUserIds === fields.mentionUserIds ? fields : { ...fields, mentionUserIds };
}

/** @throws ChatError FIELD_REQUIRED */
export function parseRoomId(roomId: string, field: string): RoomId {
  if (roomId === "") throw new ChatError("FIELD_REQUIRED", `${field} is missing`, { field });
  return roomId as RoomId;
}

/** Checks the number of a message. @throws ChatError FIELD_REQUIRED */
export function parseSeq(seq: number, field: string): number {
  if (seq === 0)
    throw new ChatError("FIELD_REQUIRED", `${field} is missing: messages count from 1`, { field });
  return seq;
}

/** Checks a message's text. It may be empty, but never blank, where a payload says it all. */
export function parseMessageText(
  text: string,
  field: string,
  { mayBeEmpty }: { readonly mayBeEmpty: boolean },
): string {
  return text === "" && mayBeEmpty ? text : parseText(text, field);
}

/** Checks a payload and its type: both or neither. @throws ChatError FIELD_REQUIRED, FIELD_INVALID, FIELD_TOO_LONG */
export function parsePayload(
  { payload, payloadType }: { readonly payload: string; readonly payloadType: string },
  fields: { readonly payload: string; readonly payloadType: string },
): void {
  if (payload === "" && payloadType === "") return;
  const bytes = bytesOfBase64(payload);
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw tooLong(
      `${fields.payload} has ${bytes} bytes; at most ${MAX_PAYLOAD_BYTES} are allowed`,
      fields.payload,
    );
  }
  const field = fields.payloadType;
  if (payloadType === "") {
    throw new ChatError("FIELD_REQUIRED", `${field} is missing: say what the payload is`, { field });
  }
  if (bytes === 0) throw invalid(`${field} is given without a payload`, field);
  const characters = countCharacters(payloadType);
  if (characters > MAX_PAYLOAD_TYPE_CHARACTERS) {
    throw tooLong(
      `${field} has ${characters} characters; at most ${MAX_PAYLOAD_TYPE_CHARACTERS} are allowed`,
      field,
    );
  }
  if (CONTROL.test(payloadType)) throw invalid(`${field} contains control characters`, field);
}

/** Checks what someone reacts with: 1 to 32 characters without blanks, whatever they are. */
export function parseEmoji(emoji: string, field: string): string {
  if (emoji === "") throw new ChatError("FIELD_REQUIRED", `${field} is missing`, { field });
  const characters = countCharacters(emoji);
  if (characters > MAX_EMOJI_CHARACTERS) {
    throw tooLong(
      `${field} has ${characters} characters; at most ${MAX_EMOJI_CHARACTERS} are allowed`,
      field,
    );
  }
  const bytes = utf8.encode(emoji).length;
  if (bytes > MAX_EMOJI_BYTES) {
    throw tooLong(`${field} has ${bytes} bytes; at most ${MAX_EMOJI_BYTES} are allowed`, field);
  }
  if (BLANK_OR_CONTROL.test(emoji)) throw invalid(`${field} contains blanks or control characters`, field);
  return emoji;
}

function checkClientMessageId(id: string, field: string): void {
  // Nearly every id is ASCII, whose bytes are its characters.
  const isAscii = ASCII.test(id);
  const bytes = isAscii ? id.length : utf8.encode(id).length;
  if (bytes > MAX_CLIENT_MESSAGE_ID_BYTES) {
    throw tooLong(`${field} has ${bytes} bytes; at most ${MAX_CLIENT_MESSAGE_ID_BYTES} are allowed`, field);
  }
  if (!isAscii && CONTROL.test(id)) throw invalid(`${field} contains control characters`, field);
}

function checkTtl(ttlMs: number, field: string): void {
  if (ttlMs !== 0 && (ttlMs < MIN_TTL_MS || ttlMs > MAX_TTL_MS)) {
    throw invalid(`${field} is ${ttlMs} ms: give 1 s to 10 years, or nothing`, field);
  }
}

function parseMentions(userIds: readonly string[], field: string): readonly string[] {
  if (userIds.length === 0) return userIds;
  if (userIds.length > MAX_MENTIONS) {
    throw new ChatError("TOO_MANY_IDS", `${field} has ${userIds.length} entries; at most ${MAX_MENTIONS}`, {
      field,
    });
  }
  for (const id of userIds) {
    if (id === "" || id.length > MAX_ID_CHARACTERS) {
      throw invalid(`${field} has an entry that is no user's id: empty, or too long`, field);
    }
  }
  return [...new Set(userIds)];
}

const BASE64_CHARACTERS = 4;
const BASE64_BYTES = 3;

function bytesOfBase64(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return (text.length / BASE64_CHARACTERS) * BASE64_BYTES - padding;
}

function tooLong(message: string, field: string): ChatError {
  return new ChatError("FIELD_TOO_LONG", message, { field });
}

function invalid(message: string, field: string): ChatError {
  return new ChatError("FIELD_INVALID", message, { field });
}
