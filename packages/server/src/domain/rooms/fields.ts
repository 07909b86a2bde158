/** The fields that a room's managers may set, with their bounds. */

import type { Permission } from "../access/permissions.ts";
import type { HistoryVisibility, JoinRule } from "../access/room-access.ts";
import { ChatError } from "../errors.ts";
import { type Labels, parseLabels } from "../labels.ts";
import { hasVisibleCharacter } from "../text.ts";
import { countCharacters, nameKey } from "../users/names.ts";

/** The fields that a room's managers may set. */
export interface RoomFields {
  readonly title: string;
  readonly topic: string;
  readonly isPublic: boolean;
  /** Null chooses the default: a public room is open, a private one is entered by invitation. */
  readonly joinRule: JoinRule | null;
  readonly historyVisibility: HistoryVisibility;
  readonly slowModeMs: number;
  readonly retentionMs: number;
  /** 0 means `MAX_ROOM_MEMBERS`. */
  readonly maxMembers: number;
  readonly memberPermissions: readonly Permission[];
  readonly requiredLikes: number;
  readonly labels: Labels;
}

/** The most joined members of a room. */
export const MAX_ROOM_MEMBERS = 100_000;

/** The most users of a direct room, its creator included. */
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
// Ten years, with any number of leap years.
const MAX_RETENTION_MS = 3_653 * DAY_MS;

// Control characters and the marks that reorder text. A topic may have several lines.
const FORBIDDEN_IN_TITLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const FORBIDDEN_IN_TOPIC = /(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

/**
 * Checks the given fields and returns them with sorted labels.
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

/** Returns those of the fields that differ from what a room has. */
export function differing(
  room: Pick<RoomFields, keyof RoomFields>,
  fields: Partial<RoomFields>,
): Partial<RoomFields> {
  const changed = Object.entries(fields).filter(
    ([name, value]) => !isSame(value, room[name as keyof RoomFields]),
  );
  return Object.fromEntries(changed);
}

/** Compares two values of a field. Permissions are a set, and labels are sorted by `parseLabels`. */
function isSame(one: RoomFields[keyof RoomFields], other: RoomFields[keyof RoomFields]): boolean {
  const plain = (value: typeof one): string =>
    JSON.stringify(Array.isArray(value) ? value.toSorted() : value);
  return plain(one) === plain(other);
}

/** The join rule that a room gets. @throws ChatError FIELD_INVALID when a private room would get one of public rooms */
export function settleJoinRule(isPublic: boolean, wanted: JoinRule | null): JoinRule {
  if (wanted === null) return isPublic ? "open" : "invite";
  if (isPublic || wanted === "invite") return wanted;
  const problem = "a private room is entered by invitation: make the room public, or leave join_rule unset";
  throw new ChatError("FIELD_INVALID", problem, { field: "room.policy.join_rule" });
}

/** The key for sorting and searching titles: the first 64 characters, compared like names. */
export function titleKey(title: string): string {
  return [...nameKey(title)].slice(0, MAX_TITLE_KEY_CHARACTERS).join("");
}

/** Returns true if a room with this many joined members can't take one more. */
export function isFull(room: { readonly maxMembers: number }, joined: number): boolean {
  return joined >= (room.maxMembers || MAX_ROOM_MEMBERS);
}

function checkTitle(title: string): void {
  const field = "room.title";
  if (!hasVisibleCharacter(title)) {
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
