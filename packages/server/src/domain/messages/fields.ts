import { ChatError } from "../errors.ts";
import type { RoomId } from "../ids.ts";
import { parseText } from "../text.ts";
import { countCharacters } from "../users/names.ts";
import type { SentContent } from "./content.ts";
import type { MessagePlace } from "./message.ts";
import type { Payload } from "./payload.ts";

export const MAX_CLIENT_MESSAGE_ID_BYTES = 128;
export const MAX_PAYLOAD_BYTES = 32 * 1024;
const MAX_PAYLOAD_TYPE_CHARACTERS = 128;
const MAX_MENTIONS = 100;
const MAX_ID_CHARACTERS = 128;
const MIN_TTL_MS = 1_000;
const MAX_TTL_MS = 10 * 365 * 24 * 3_600_000;

const CONTROL = /[\p{Cc}\p{Cs}]/u;
const ASCII = /^[\x20-\x7e]*$/;
const utf8 = new TextEncoder();

/** A message that a client wants to send; 0, empty and null stand for what it left out. */
export interface SendFields extends SentContent {
  readonly roomId: RoomId;
  readonly clientMessageId: string;
  readonly replyToSeq: number;
  readonly threadRootSeq: number;
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
  if (fields.payload) parsePayload(fields.payload, { bytes: "payload", type: "payload_type" });
  parseMessageText(fields.text, "text", { mayBeEmpty: fields.payload !== null });
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

/** Checks that a request says which message it is about. @throws ChatError FIELD_REQUIRED */
export function parsePlace({ roomId, seq }: MessagePlace): MessagePlace {
  return { roomId: parseRoomId(roomId, "room_id"), seq: parseSeq(seq, "seq") };
}

/** Checks a message's text. It may be empty, but never blank, where a payload says it all. */
export function parseMessageText(
  text: string,
  field: string,
  { mayBeEmpty }: { readonly mayBeEmpty: boolean },
): string {
  return text === "" && mayBeEmpty ? text : parseText(text, field);
}

/** Checks that a payload has bytes and a type. @throws ChatError FIELD_REQUIRED, FIELD_INVALID, FIELD_TOO_LONG */
export function parsePayload(
  { bytes, type }: Payload,
  fields: { readonly bytes: string; readonly type: string },
): void {
  if (bytes.length > MAX_PAYLOAD_BYTES) {
    throw tooLong(
      `${fields.bytes} has ${bytes.length} bytes; at most ${MAX_PAYLOAD_BYTES} are allowed`,
      fields.bytes,
    );
  }
  const field = fields.type;
  if (type === "") {
    throw new ChatError("FIELD_REQUIRED", `${field} is missing: say what the payload is`, { field });
  }
  if (bytes.length === 0) throw invalid(`${field} is given without a payload`, field);
  const characters = countCharacters(type);
  if (characters > MAX_PAYLOAD_TYPE_CHARACTERS) {
    throw tooLong(
      `${field} has ${characters} characters; at most ${MAX_PAYLOAD_TYPE_CHARACTERS} are allowed`,
      field,
    );
  }
  if (CONTROL.test(type)) throw invalid(`${field} contains control characters`, field);
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

/** Checks whom a message mentions, and returns each once. @throws ChatError FIELD_INVALID, TOO_MANY_IDS */
export function parseMentions(userIds: readonly string[], field: string): readonly string[] {
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

export function mentionNotMember(userId: string, field: string): ChatError {
  const problem = `${field} names "${userId}", who is not a member of this room`;
  return new ChatError("MENTION_NOT_MEMBER", problem, { field });
}

function tooLong(message: string, field: string): ChatError {
  return new ChatError("FIELD_TOO_LONG", message, { field });
}

function invalid(message: string, field: string): ChatError {
  return new ChatError("FIELD_INVALID", message, { field });
}
