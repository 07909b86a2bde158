import { ChatError } from "./errors.ts";

/** The host application's own fields of a user or a room. */
export type Labels = Readonly<Record<string, string>>;

export const MAX_LABELS = 32;
export const MAX_LABEL_KEY_BYTES = 64;
export const MAX_LABEL_VALUE_BYTES = 512;

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;
const utf8 = new TextEncoder();

/**
 * Checks labels and returns them sorted by key, so that equal labels have equal forms. Values belong to the
 * application: any text that a database can hold.
 *
 * @throws ChatError PROFILE_FIELD_TOO_LONG, PROFILE_FIELD_INVALID
 */
export function parseLabels(labels: Labels, field: string): Labels {
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS) {
    throw tooLong(`${field} has ${entries.length} entries; at most ${MAX_LABELS} are allowed`, field);
  }
  for (const [key, value] of entries) {
    checkKey(key, field);
    checkValue(value, `${field}.${key}`);
  }
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function checkKey(key: string, field: string): void {
  const bytes = utf8.encode(key).length;
  if (bytes > MAX_LABEL_KEY_BYTES) {
    throw tooLong(`a key of ${field} has ${bytes} bytes; at most ${MAX_LABEL_KEY_BYTES} are allowed`, field);
  }
  // A JavaScript client that copies this label into an object would change the object's prototype.
  if (!PRINTABLE.test(key) || key === "__proto__") {
    throw invalid(`a key of ${field} is empty, or has characters that can't be printed`, field);
  }
}

function checkValue(value: string, field: string): void {
  const bytes = utf8.encode(value).length;
  if (bytes > MAX_LABEL_VALUE_BYTES) {
    throw tooLong(`${field} has ${bytes} bytes; at most ${MAX_LABEL_VALUE_BYTES} are allowed`, field);
  }
  if (value.includes("\0") || !value.isWellFormed()) {
    throw invalid(`${field} has a NUL character or half of a surrogate pair`, field);
  }
}

function tooLong(message: string, field: string): ChatError {
  return new ChatError("PROFILE_FIELD_TOO_LONG", message, { field });
}

function invalid(message: string, field: string): ChatError {
  return new ChatError("PROFILE_FIELD_INVALID", message, { field });
}
