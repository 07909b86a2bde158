import { ChatError } from "../../domain/errors.ts";

/** Returns a part of a request that can't be left out. @throws ChatError FIELD_REQUIRED */
export function required<Value>(value: Value | undefined, field: string): Value {
  if (value === undefined) throw new ChatError("FIELD_REQUIRED", `${field} is missing`, { field });
  return value;
}
