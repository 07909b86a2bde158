import { ALLOWED, type Ruling, refuse } from "./decisions.ts";
import { describeEnd } from "./expiry.ts";
import { type Account, accountStateNow, roleNow, type SystemRole } from "./system-roles.ts";

/**
 * Who may call an RPC; each RPC declares one. `anyone` is not even asked who they are. `guests` need no token
 * where the server lets guests in; `signed-in` needs one, of a guest's account or a user's. `users` and
 * `moderators` include whoever stands above them; `admins` and `services` are only those.
 */
export type CallRule = "anyone" | "guests" | "signed-in" | "users" | "moderators" | "admins" | "services";

/** Who a call comes from: an account that proved itself with a token, or someone without one. */
export type CallerIdentity =
  | { readonly kind: "anonymous"; readonly areGuestsLetIn: boolean }
  | { readonly kind: "account"; readonly account: Account };

const EVERYONE = ["guest", "user", "moderator", "admin", "service"] as const;

const rolesFor = {
  anyone: EVERYONE,
  guests: EVERYONE,
  "signed-in": EVERYONE,
  users: ["user", "moderator", "admin", "service"],
  moderators: ["moderator", "admin", "service"],
  admins: ["admin"],
  services: ["service"],
} as const satisfies Record<CallRule, readonly SystemRole[]>;

/** Whether a caller may call an RPC of this rule, before its request is looked at. */
export function mayCall(rule: CallRule, caller: CallerIdentity, nowMs: number): Ruling {
  if (rule === "anyone") return ALLOWED;
  if (caller.kind === "anonymous") {
    return rule === "guests" && caller.areGuestsLetIn
      ? ALLOWED
      : refuse("SIGN_IN_REQUIRED", "sign in first: send a token as `authorization: Bearer <token>` metadata");
  }
  const inactive = refuseInactive(caller.account, nowMs);
  if (inactive) return inactive;
  const roles: readonly SystemRole[] = rolesFor[rule];
  const role = roleNow(caller.account, nowMs);
  return roles.includes(role)
    ? ALLOWED
    : refuse("NOT_PERMITTED", `this call is for ${rule}, not for a ${role}`);
}

/** What an account that is suspended or gone is told, whatever it asks. */
export function refuseInactive(account: Account, nowMs: number): Ruling | null {
  const state = accountStateNow(account, nowMs);
  switch (state.kind) {
    case "active":
      return null;
    case "suspended":
      return refuse("SUSPENDED", `this account is suspended ${describeEnd(state.untilMs)}`);
    case "erased":
      return refuse("SESSION_REVOKED", "this account no longer exists: sign in with another");
    default:
      return state satisfies never;
  }
}
