import { type Duration, type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { ChatError } from "../../domain/errors.ts";
import type { EndMs } from "../../domain/expiry.ts";

const MS_PER_SECOND = 1_000;
const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;
/** The longest Duration that protobuf allows: 10,000 years. */
const MAX_DURATION_SECONDS = 315_576_000_000;
/** The latest Timestamp that protobuf allows: the end of the year 9999. */
const LAST_TIMESTAMP_MS = 253_402_300_799_999;

/** Reads a counter: 0 to 2^53 - 1. @throws ChatError FIELD_INVALID */
export function parseCounter(value: bigint, field: string): number {
  const number = Number(value);
  if (number < 0 || !Number.isSafeInteger(number)) {
    throw new ChatError("FIELD_INVALID", `${field} is ${value}: give 0 to ${Number.MAX_SAFE_INTEGER}`, {
      field,
    });
  }
  return number;
}

/** Reads a Duration in whole milliseconds; 0 if none is given. @throws ChatError FIELD_INVALID */
export function parseDuration(duration: Duration | undefined, field: string): number {
  if (!duration) return 0;
  const { nanos } = duration;
  const seconds = Number(duration.seconds);
  if (seconds < 0 || seconds > MAX_DURATION_SECONDS || nanos < 0 || nanos >= NANOS_PER_SECOND) {
    throw new ChatError("FIELD_INVALID", `${field} is not a duration of 0 s to ${MAX_DURATION_SECONDS} s`, {
      field,
    });
  }
  if (nanos % NANOS_PER_MS !== 0) {
    throw new ChatError("FIELD_INVALID", `${field} is finer than a millisecond`, { field });
  }
  return seconds * MS_PER_SECOND + nanos / NANOS_PER_MS;
}

/** Reads the time of an end; null if none is given. @throws ChatError FIELD_INVALID beyond the year 9999 */
export function parseEnd(time: Timestamp | undefined, field: string): EndMs {
  if (!time) return null;
  const ms = timestampMs(time);
  if (!Number.isFinite(ms) || ms > LAST_TIMESTAMP_MS || ms < 0) {
    throw new ChatError("FIELD_INVALID", `${field} is not a time between 1970 and 9999`, { field });
  }
  return ms;
}

/** Reads the version that a change was made from; null if no etag is given. */
export function parseEtag(etag: string): number | null {
  if (etag === "") return null;
  // A text that the server never gave out stands for no version, so it conflicts with every version.
  return /^\d{1,15}$/.test(etag) ? Number(etag) : -1;
}
