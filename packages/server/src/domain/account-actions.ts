import { ALLOWED, type Ruling, refuse } from "./decisions.ts";
import { refuseInactive } from "./system-access.ts";
import { type Account, accountStateNow, roleNow, type SystemRole } from "./system-roles.ts";

/** What can be done to an account. `act-as` is a service making a call in a user's name. */
export type AccountAction =
  | "view"
  | "update"
  | "erase"
  | "manage-sessions"
  | "suspend"
  | "reinstate"
  | "change-role"
  | "act-as";

/** The account that something is done to. */
export interface AccountTarget {
  /** Null: there is no such account. */
  readonly account: Account | null;
  /** Whether it is the caller's own. */
  readonly isSelf: boolean;
}

type Roles = readonly SystemRole[];

const EVERYONE = ["guest", "user", "moderator", "admin", "service"] as const;
const PEOPLE = ["guest", "user", "moderator", "admin"] as const;
const BELOW_ADMINS = ["guest", "user", "moderator"] as const;
const BELOW_MODERATORS = ["guest", "user"] as const;
const NOBODY = [] as const;

/** The roles that an account can be given: guests and services come into being as such, and stay it. */
const GIVEN_BY_ADMINS = ["user", "moderator", "admin"] as const;

const looksOnly = {
  view: EVERYONE,
  update: NOBODY,
  erase: NOBODY,
  "manage-sessions": NOBODY,
  suspend: NOBODY,
  reinstate: NOBODY,
  "change-role": NOBODY,
  "act-as": NOBODY,
} as const satisfies Record<AccountAction, Roles>;

/** By the caller's role: whose accounts it may do something to, its own aside. */
const onOthers = {
  guest: looksOnly,
  user: looksOnly,
  moderator: { ...looksOnly, suspend: BELOW_MODERATORS, reinstate: BELOW_MODERATORS },
  admin: {
    ...looksOnly,
    update: EVERYONE,
    erase: EVERYONE,
    "manage-sessions": EVERYONE,
    suspend: EVERYONE,
    reinstate: EVERYONE,
    "change-role": GIVEN_BY_ADMINS,
  },
  service: {
    ...looksOnly,
    update: BELOW_ADMINS,
    erase: BELOW_ADMINS,
    suspend: BELOW_ADMINS,
    reinstate: BELOW_ADMINS,
    "act-as": BELOW_ADMINS,
  },
} as const satisfies Record<SystemRole, Record<AccountAction, Roles>>;

/** Whose role may do something to their own account. As nobody demotes themselves, an administrator remains. */
const onOneself = {
  ...looksOnly,
  update: EVERYONE,
  erase: PEOPLE,
  "manage-sessions": EVERYONE,
} as const satisfies Record<AccountAction, Roles>;

/** By the creator's role: with which roles it may create accounts. */
const creatable = {
  anonymous: ["user"],
  guest: ["user"],
  user: ["user"],
  moderator: ["user"],
  admin: GIVEN_BY_ADMINS,
  service: ["user"],
} as const satisfies Record<SystemRole | "anonymous", Roles>;

/**
 * Whether a caller may do something to an account. USER_NOT_FOUND comes first: that an account exists is no
 * secret to whoever may call at all.
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
  const targetRoles: Roles = isSelf ? onOneself[action] : onOthers[callerRole][action];
  if (targetRoles.includes(targetRole)) return ALLOWED;
  const whose = isSelf ? "their own account" : `the account of another ${targetRole}`;
  return refuse("NOT_PERMITTED", `a ${callerRole} may not ${action} ${whose}`);
}

/** Whether a caller may give an account this system role: administrators only, and never their own. */
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

export interface Creation {
  readonly role: SystemRole;
  readonly registration: "open" | "closed";
}

/** Whether an account may be created; null stands for a caller without a token. */
export function decideCreation(caller: Account | null, creation: Creation, nowMs: number): Ruling {
  const inactive = caller && refuseInactive(caller, nowMs);
  if (inactive) return inactive;
  const creator = caller ? roleNow(caller, nowMs) : "anonymous";
  const isTrusted = creator === "admin" || creator === "service";
  if (creation.registration === "closed" && !isTrusted) {
    return refuse("REGISTRATION_CLOSED", "registration is closed on this server: ask its administrator");
  }
  const roles: Roles = creatable[creator];
  return roles.includes(creation.role)
    ? ALLOWED
    : refuse("NOT_PERMITTED", `accounts with the role ${creation.role} can't be created this way`);
}
