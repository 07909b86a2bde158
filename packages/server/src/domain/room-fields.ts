/** What a room's managers may set, and within which bounds. */

import { ChatError } from "./errors.ts";
import { type Labels, parseLabels } from "./labels.ts";
import { countCharacters, nameKey } from "./names.ts";
import type { Permission } from "./permissions.ts";
import type { HistoryVisibility, JoinRule } from "./room-access.ts";

/** What a room's managers may set. */
export interface RoomFields {
  readonly title: string;
  readonly topic: string;
  readonly isPublic: boolean;
  /** Null: by itself, a public room is open and a private one is entered by invitation. */
  readonly joinRule: JoinRule | null;
  readonly historyVisibility: HistoryVisibility;
  readonly slowModeMs: number;
  readonly retentionMs: number;
  /** 0: `MAX_ROOM_MEMBERS`. */
  readonly maxMembers: number;
  readonly memberPermissions: readonly Permission[];
  readonly requiredLikes: number;
  readonly labels: Labels;
}

/** The most that may have joined one room. */
export const MAX_ROOM_MEMBERS = 100_000;

/** The most that a direct room is opened for, the one who opens it included. */
export const MAX_DIRECT_USERS = 8;

const MAX_TITLE_CHARACTERS = 128;
const MAX_TOPIC_CHARACTERS = 512;
const MAX_TITLE_KEY_CHARACTERS = 64;
const MAX_REQUIRED_LIKES = 1_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MAX_SLOW_MODE_MS = 6 * HOUR_MS;
const MIN_RETENTION_MS = MINUTE_MS;
// Ten years, however many leap years are among them.
const MAX_RETENTION_MS = 3_653 * DAY_MS;

const BLANK = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;
// Control characters and the marks that reorder text. A topic may have lines.
const FORBIDDEN_IN_TITLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const FORBIDDEN_IN_TOPIC = /(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

/**
 * Checks the fields that are given, and returns them with the labels in their order.
 *
 * @throws ChatError FIELD_REQUIRED, FIELD_TOO_LONG, FIELD_INVALID, PROFILE_FIELD_… (labels), each with its field
 */
export function parseRoomFields<Fields extends Partial<RoomFields>>(fields: Fields): Fields {
  const { title, topic, labels, slowModeMs, retentionMs, maxMembers, requiredLikes } = fields;
  if (title !== undefined) checkTitle(title);
  if (topic !== undefined) checkTopic(topic);
  if (slowModeMs !== undefined && !isWithin(slowModeMs, 0, MAX_SLOW_MODE_MS)) {
    throw invalid("room.policy.slow_mode", `${slowModeMs / 1_000} s`, "0 (off) to 6 hours");
  }
  if (retentionMs !== undefined && !isRetention(retentionMs)) {
    throw invalid(
      "room.policy.retention",
      `${retentionMs / 1_000} s`,
      "0 (for ever), or 1 minute to 10 years",
    );
  }
  if (maxMembers !== undefined && !isWithin(maxMembers, 0, MAX_ROOM_MEMBERS)) {
    throw invalid("room.policy.max_members", String(maxMembers), `0 to ${MAX_ROOM_MEMBERS}`);
  }
  if (requiredLikes !== undefined && !isWithin(requiredLikes, 0, MAX_REQUIRED_LIKES)) {
    throw invalid("room.policy.required_likes", String(requiredLikes), `0 (off) to ${MAX_REQUIRED_LIKES}`);
  }
  return { ...fields, ...(labels && { labels: parseLabels(labels, "room.labels") }) };
}

/** The join rule that a room gets; null: the one that is wanted is not for a private room. */
export function settleJoinRule(isPublic: boolean, wanted: JoinRule | null): JoinRule | null {
  if (wanted === null) return isPublic ? "open" : "invite";
  return isPublic || wanted === "invite" ? wanted : null;
}

/** The form in which titles are sorted and searched: their first 64 characters, compared as names are. */
export function titleKey(title: string): string {
  return [...nameKey(title)].slice(0, MAX_TITLE_KEY_CHARACTERS).join("");
}

/** Whether one more would be too many in a room of so many. */
export function isFull(room: { readonly maxMembers: number }, joined: number): boolean {
  return joined >= (room.maxMembers || MAX_ROOM_MEMBERS);
}

function checkTitle(title: string): void {
  const field = "room.title";
  if (BLANK.test(title)) {
    throw new ChatError("FIELD_REQUIRED", `${field} is empty or blank: give the room a title`, { field });
  }
  checkLength(title, field, MAX_TITLE_CHARACTERS);
  if (FORBIDDEN_IN_TITLE.test(title)) throw forbiddenCharacter(field);
}

function checkTopic(topic: string): void {
  const field = "room.topic";
  checkLength(topic, field, MAX_TOPIC_CHARACTERS);
  if (FORBIDDEN_IN_TOPIC.test(topic)) throw forbiddenCharacter(field);
}

function checkLength(text: string, field: string, max: number): void {
  const characters = countCharacters(text);
  if (characters <= max) return;
  const message = `${field} has ${characters} characters; at most ${max} are allowed`;
  throw new ChatError("FIELD_TOO_LONG", message, { field });
}

function isRetention(retentionMs: number): boolean {
  return retentionMs === 0 || isWithin(retentionMs, MIN_RETENTION_MS, MAX_RETENTION_MS);
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function invalid(field: string, value: string, allowed: string): ChatError {
  return new ChatError("FIELD_INVALID", `${field} is ${value}: give ${allowed}`, { field });
}

function forbiddenCharacter(field: string): ChatError {
  return new ChatError("FIELD_INVALID", `${field} contains control characters`, { field });
}
