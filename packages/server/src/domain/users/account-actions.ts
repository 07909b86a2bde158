import { ALLOWED, type Ruling, refuse } from "../access/decisions.ts";
import { refuseInactive } from "../access/system-access.ts";
import { type Account, accountStateNow, roleNow, type SystemRole } from "./system-roles.ts";

/** An action on an account. `act-as` is a service making a call in a user's name; `label` sets the application's fields. */
export type AccountAction =
  | "view"
  | "update"
  | "label"
  | "erase"
  | "manage-sessions"
  | "suspend"
  | "reinstate"
  | "change-role"
  | "act-as";

/** The account of an action. */
interface AccountTarget {
  /** Null if there is no such account. */
  readonly account: Account | null;
  /** True if it is the caller's own. */
  readonly isSelf: boolean;
}

type Roles = readonly SystemRole[];

const EVERYONE = ["guest", "user", "moderator", "admin", "service"] as const;
const PEOPLE = ["guest", "user", "moderator", "admin"] as const;
const BELOW_ADMINS = ["guest", "user", "moderator"] as const;
const BELOW_MODERATORS = ["guest", "user"] as const;
/** The roles that set what the host application says of users. */
const TRUSTED = ["admin", "service"] as const;
const NOBODY = [] as const;

/** The roles that an account can be given. Guests and services are created as such and stay so. */
const GIVEN_BY_ADMINS = ["user", "moderator", "admin"] as const;

const looksOnly = {
  view: EVERYONE,
  update: NOBODY,
  label: NOBODY,
  erase: NOBODY,
  "manage-sessions": NOBODY,
  suspend: NOBODY,
  reinstate: NOBODY,
  "change-role": NOBODY,
  "act-as": NOBODY,
} as const satisfies Record<AccountAction, Roles>;

/** By the caller's role: the roles of other accounts that it may act on. */
const onOthers = {
  guest: looksOnly,
  user: looksOnly,
  moderator: { ...looksOnly, suspend: BELOW_MODERATORS, reinstate: BELOW_MODERATORS },
  admin: {
    ...looksOnly,
    update: EVERYONE,
    label: EVERYONE,
    erase: EVERYONE,
    "manage-sessions": EVERYONE,
    suspend: EVERYONE,
    reinstate: EVERYONE,
    "change-role": GIVEN_BY_ADMINS,
  },
  service: {
    ...looksOnly,
    update: BELOW_ADMINS,
    label: BELOW_ADMINS,
    erase: BELOW_ADMINS,
    suspend: BELOW_ADMINS,
    reinstate: BELOW_ADMINS,
    "act-as": BELOW_ADMINS,
  },
} as const satisfies Record<SystemRole, Record<AccountAction, Roles>>;

/** The roles that may act on their own account. Nobody may demote themselves, so one administrator always remains. */
const onOwnAccount = {
  ...looksOnly,
  update: EVERYONE,
  label: TRUSTED,
  erase: PEOPLE,
  "manage-sessions": EVERYONE,
} as const satisfies Record<AccountAction, Roles>;

/** By the creator's role: the roles of the accounts it may create. */
const creatable = {
  anonymous: ["user"],
  guest: ["user"],
  user: ["user"],
  moderator: ["user"],
  admin: GIVEN_BY_ADMINS,
  service: ["user"],
} as const satisfies Record<SystemRole | "anonymous", Roles>;

/**
 * Decides if a caller may act on an account. USER_NOT_FOUND comes first: for everyone who may call at all, an account's
 * existence is no secret.
 */
export function decideAccountAction(
  caller: Account,
  { action, account, isSelf }: AccountTarget & { readonly action: AccountAction },
  nowMs: number,
): Ruling {
  const inactive = refuseInactive(caller, nowMs);
  if (inactive) return inactive;
  if (!account || accountStateNow(account, nowMs).kind === "erased") {
    return refuse("USER_NOT_FOUND", "there is no such user");
  }
  const callerRole = roleNow(caller, nowMs);
  const targetRole = roleNow(account, nowMs);
  const targetRoles: Roles = isSelf ? onOwnAccount[action] : onOthers[callerRole][action];
  if (targetRoles.includes(targetRole)) return ALLOWED;
  const article = targetRole === callerRole ? "another" : targetRole === "admin" ? "an" : "a";
  const whose = isSelf ? "their own account" : `the account of ${article} ${targetRole}`;
  const who = callerRole === "admin" ? "an admin" : `a ${callerRole}`;
  return refuse("NOT_PERMITTED", `${who} may not ${action.replace("-", " ")} ${whose}`);
}

/** Decides if a caller may give an account this system role: administrators only, and never their own account. */
export function decideRoleChange(
  caller: Account,
  { role, ...target }: AccountTarget & { readonly role: SystemRole },
  nowMs: number,
): Ruling {
  const ruling = decideAccountAction(caller, { action: "change-role", ...target }, nowMs);
  const given: Roles = GIVEN_BY_ADMINS;
  if (!ruling.allowed || given.includes(role)) return ruling;
  return refuse("NOT_PERMITTED", `the role ${role} can't be given to an account`);
}

interface Creation {
  readonly hasLabels: boolean;
  readonly role: SystemRole;
  readonly registration: "open" | "closed";
}

/** Decides if an account may be created. Null stands for a caller without a token. */
export function decideCreation(caller: Account | null, creation: Creation, nowMs: number): Ruling {
  const inactive = caller && refuseInactive(caller, nowMs);
  if (inactive) return inactive;
  const creator = caller ? roleNow(caller, nowMs) : "anonymous";
  const isTrusted = creator === "admin" || creator === "service";
  if (creation.registration === "closed" && !isTrusted) {
    return refuse("REGISTRATION_CLOSED", "registration is closed on this server: ask its administrator");
  }
  if (creation.hasLabels && !isTrusted) {
    return refuse("NOT_PERMITTED", "labels are set by administrators and services alone");
  }
  const roles: Roles = creatable[creator];
  return roles.includes(creation.role)
    ? ALLOWED
    : refuse("NOT_PERMITTED", `accounts with the role ${creation.role} can't be created this way`);
}
