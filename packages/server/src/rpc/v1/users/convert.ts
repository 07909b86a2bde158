import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type EnumNames, enumNames, v1 } from "@confab/protocol";
import { ChatError } from "../../../domain/errors.ts";
import type { AccountState, SystemRole } from "../../../domain/users/system-roles.ts";
import type { DirectMessages, User, UserKind } from "../../../domain/users/user.ts";

const kinds = enumNames(v1.UserKind) satisfies EnumNames<UserKind>;
const states = enumNames(v1.UserState) satisfies EnumNames<AccountState["kind"]>;
const roles = enumNames(v1.SystemRole) satisfies EnumNames<SystemRole>;
const directMessages = enumNames(v1.DirectMessages) satisfies EnumNames<DirectMessages>;
const { UNSPECIFIED } = v1.DirectMessages;

const converted = new WeakMap<User, v1.User>();

/** Converts a profile. Each is converted once, because clients often ask for the same profiles. */
export function toUser(user: User): v1.User {
  const known = converted.get(user);
  if (known) return known;
  const message = create(v1.UserSchema, {
    id: user.id,
    handle: user.handle,
    displayName: user.displayName,
    about: user.about,
    avatarUrl: user.avatarUrl,
    kind: kinds.toNumber(user.kind),
    state: states.toNumber(user.state.kind),
    role: roles.toNumber(user.role),
    labels: { ...user.labels },
    hidePresence: user.hidesPresence,
    directMessages: user.directMessages === null ? UNSPECIFIED : directMessages.toNumber(user.directMessages),
    createTime: timestampFromMs(user.createdAtMs),
    updateTime: timestampFromMs(user.updatedAtMs),
    etag: String(user.version),
  });
  converted.set(user, message);
  return message;
}

/** Null for the unspecified role. @throws ChatError FIELD_INVALID */
export function parseRole(role: v1.SystemRole, field: string): SystemRole | null {
  if (role === v1.SystemRole.UNSPECIFIED) return null;
  return roles.toName(role) ?? refuse(role, field);
}

/** Null for the unspecified state. Only DeleteUser erases accounts. @throws ChatError FIELD_INVALID */
export function parseState(state: v1.UserState, field: string): "active" | "suspended" | null {
  if (state === v1.UserState.UNSPECIFIED) return null;
  const name = states.toName(state);
  return name === undefined || name === "erased" ? refuse(state, field) : name;
}

/** Null for the unspecified value: the server's default. @throws ChatError FIELD_INVALID */
export function parseDirectMessages(value: v1.DirectMessages, field: string): DirectMessages | null {
  if (value === UNSPECIFIED) return null;
  return directMessages.toName(value) ?? refuse(value, field);
}

function refuse(value: number, field: string): never {
  throw new ChatError("FIELD_INVALID", `${field} is ${value}, which can't be asked for here`, { field });
}
