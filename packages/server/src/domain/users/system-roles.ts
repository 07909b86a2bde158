import { type EndMs, hasEnded } from "../expiry.ts";

/** An account's role on the whole server, apart from rooms. `service` is the host application's back end. */
export type SystemRole = "guest" | "user" | "moderator" | "admin" | "service";

export type AccountState =
  | { readonly kind: "active" }
  | { readonly kind: "suspended"; readonly untilMs: EndMs }
  | { readonly kind: "erased" };

/** The fields of an account that access rules use. */
export interface Account {
  readonly role: SystemRole;
  /** The time when the role falls back to an ordinary one. */
  readonly roleUntilMs: EndMs;
  readonly state: AccountState;
}

/** The role after the end of another; never more than before. An expired service becomes a guest. */
const afterwards = {
  guest: "guest",
  user: "user",
  moderator: "user",
  admin: "user",
  service: "guest",
} as const satisfies Record<SystemRole, SystemRole>;

/** Returns an account's role at this moment. */
export function roleNow({ role, roleUntilMs }: Account, nowMs: number): SystemRole {
  return hasEnded(roleUntilMs, nowMs) ? afterwards[role] : role;
}

/** Returns an account's state at this moment. An expired suspension does not count. */
export function accountStateNow({ state }: Account, nowMs: number): AccountState {
  return state.kind === "suspended" && hasEnded(state.untilMs, nowMs) ? { kind: "active" } : state;
}
