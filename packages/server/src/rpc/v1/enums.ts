import type { EnumNames } from "@confab/protocol";
import { ChatError } from "../../domain/errors.ts";

/**
 * Makes the function that reads one enum from requests. It gives null for the unspecified value, and throws ChatError
 * FIELD_INVALID for a number that the contract doesn't have.
 */
export function enumParser<Name extends string>(
  names: EnumNames<Name>,
): (value: number, field: string) => Name | null {
  return (value, field) => {
    if (value === 0) return null;
    const name = names.toName(value);
    if (name !== undefined) return name;
    throw new ChatError("FIELD_INVALID", `${field} is ${value}, which means nothing here`, { field });
  };
}
