import { type EndMs, hasEnded } from "./expiry.ts";

/**
 * What an account is on the whole server, apart from rooms. `service` is the host application's back end.
 */
export type SystemRole = "guest" | "user" | "moderator" | "admin" | "service";

export type AccountState =
  | { readonly kind: "active" }
  | { readonly kind: "suspended"; readonly untilMs: EndMs }
  | { readonly kind: "erased" };

/** As much of an account as access rules look at. */
export interface Account {
  readonly role: SystemRole;
  /** When the role falls back to an ordinary one. */
  readonly roleUntilMs: EndMs;
  readonly state: AccountState;
}

/** What is left of a role that has ended: never more than it was. A service that has ended is nobody. */
const afterwards = {
  guest: "guest",
  user: "user",
  moderator: "user",
  admin: "user",
  service: "guest",
} as const satisfies Record<SystemRole, SystemRole>;

/** The role an account has at this moment. */
export function roleNow({ role, roleUntilMs }: Account, nowMs: number): SystemRole {
  return hasEnded(roleUntilMs, nowMs) ? afterwards[role] : role;
}

/** The state an account has at this moment: a suspension that has ended is none. */
export function accountStateNow({ state }: Account, nowMs: number): AccountState {
  return state.kind === "suspended" && hasEnded(state.untilMs, nowMs) ? { kind: "active" } : state;
}
