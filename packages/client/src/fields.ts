import { type Duration, durationFromMs, type Timestamp, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, InvalidArgumentError } from "./errors.ts";

/** Converts the number of a message. @throws InvalidArgumentError `FIELD_INVALID` for all but 0, 1, 2… */
export function toSeq(seq: number, field = "seq"): bigint {
  if (!Number.isSafeInteger(seq) || seq < 0) throw fieldInvalid(field, `${seq} is not one of 0, 1, 2…`);
  return BigInt(seq);
}

/** Converts a time in milliseconds. @throws InvalidArgumentError `FIELD_INVALID` for a part or no number of them */
export function toDuration(ms: number, field: string): Duration {
  if (!Number.isSafeInteger(ms)) throw fieldInvalid(field, `${ms} is no whole number of milliseconds`);
  return durationFromMs(ms);
}

/** Converts a date. @throws InvalidArgumentError `FIELD_INVALID` for an invalid one */
export function toTimestamp(date: Date, field: string): Timestamp {
  if (Number.isNaN(date.getTime())) throw fieldInvalid(field, "the date is invalid");
  return timestampFromDate(date);
}

/** Makes the error for a field that can't be sent to the server, which would refuse it. */
export function fieldInvalid(field: string, description: string, cause?: unknown): InvalidArgumentError {
  return new InvalidArgumentError({
    reason: "FIELD_INVALID",
    code: Code.INVALID_ARGUMENT,
    message: `${field}: ${description}`,
    fieldViolations: [{ field, description }],
    cause,
  });
}
