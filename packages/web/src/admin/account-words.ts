import { v1 } from "@confab/protocol";

/** The roles that an administrator can give, with their words. */
export const systemRoles = [
  [String(v1.SystemRole.USER), "User"],
  [String(v1.SystemRole.MODERATOR), "Moderator: keeps order in public rooms"],
  [String(v1.SystemRole.ADMIN), "Administrator: may do everything"],
] as const;

const roleWords: Readonly<Partial<Record<v1.SystemRole, string>>> = {
  [v1.SystemRole.GUEST]: "guest",
  [v1.SystemRole.MODERATOR]: "moderator",
  [v1.SystemRole.ADMIN]: "administrator",
  [v1.SystemRole.SERVICE]: "service",
};

const stateWords: Readonly<Partial<Record<v1.UserState, string>>> = {
  [v1.UserState.SUSPENDED]: "suspended",
  [v1.UserState.ERASED]: "erased",
};

/** Returns the name to show of an account. */
export function nameOf({ displayName, handle, id }: v1.User): string {
  return displayName || handle || id;
}

/** Says what an account is beside an ordinary one: `administrator · suspended`. */
export function accountWords({ handle, role, state }: v1.User): string {
  return [handle && `@${handle}`, roleWords[role], stateWords[state]].filter(Boolean).join(" · ");
}
