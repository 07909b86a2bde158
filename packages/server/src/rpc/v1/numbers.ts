import type { Duration } from "@bufbuild/protobuf/wkt";
import { ChatError } from "../../domain/errors.ts";

const MS_PER_SECOND = 1_000;
const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;
/** The longest Duration that the contract's own format can say: 10,000 years. */
const MAX_DURATION_SECONDS = 315_576_000_000;

/** A counter of the contract as a number: 0 to 2^53 - 1. @throws ChatError FIELD_INVALID */
export function parseCounter(value: bigint, field: string): number {
  const number = Number(value);
  if (number < 0 || !Number.isSafeInteger(number)) {
    throw new ChatError("FIELD_INVALID", `${field} is ${value}: give 0 to ${Number.MAX_SAFE_INTEGER}`, {
      field,
    });
  }
  return number;
}

/** A Duration in whole milliseconds; 0 where none is given. @throws ChatError FIELD_INVALID */
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
