import { type EnumNames, enumNames, v1 } from "@confab/protocol";
import type { Permission } from "../../../domain/access/permissions.ts";
import { ChatError } from "../../../domain/errors.ts";
import { enumParser } from "../enums.ts";

export const permissions = enumNames(v1.Permission) satisfies EnumNames<Permission>;
export const parsePermission = enumParser(permissions);

/** Reads a list that has each permission at most once. @throws ChatError FIELD_INVALID */
export function parsePermissions(values: readonly v1.Permission[], field: string): readonly Permission[] {
  const parsed = values.map((value) => {
    const permission = parsePermission(value, field);
    if (permission !== null) return permission;
    throw new ChatError("FIELD_INVALID", `${field} has an unspecified permission`, { field });
  });
  const repeated = parsed.find((permission, index) => parsed.indexOf(permission) !== index);
  if (repeated === undefined) return parsed;
  throw new ChatError("FIELD_INVALID", `${field} names ${repeated} more than once`, { field });
}
