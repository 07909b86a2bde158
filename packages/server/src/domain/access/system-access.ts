import { describeEnd, type EndMs } from "../expiry.ts";
import { type Account, accountStateNow, roleNow, type SystemRole } from "../users/system-roles.ts";
import { ALLOWED, type Refusal, type Ruling, refuse } from "./decisions.ts";

/**
 * The callers that an RPC allows; each RPC declares one rule. For `anyone` the caller is not even identified. `guests`
 * need no token if the server lets guests in; `signed-in` needs one, of a guest or a user. `users` and `moderators`
 * include the roles above them; `admins` and `services` include no others.
 */
export type CallRule = "anyone" | "guests" | "signed-in" | "users" | "moderators" | "admins" | "services";

/** The caller: an account that proved itself with a token, or no account. */
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

/** Decides if a caller may call an RPC with this rule, before its request is read. */
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

/** Refuses what a suspended account asks, and says until when. */
export function refuseSuspended(untilMs: EndMs, nowMs: number): Refusal {
  return {
    ...refuse("SUSPENDED", `this account is suspended ${describeEnd(untilMs)}`),
    ...(untilMs !== null && { retryAfterMs: untilMs - nowMs }),
  };
}

/** Refuses every call of an account that is suspended or erased. */
export function refuseInactive(account: Account, nowMs: number): Ruling | null {
  const state = accountStateNow(account, nowMs);
  switch (state.kind) {
    case "active":
      return null;
    case "suspended":
      return refuseSuspended(state.untilMs, nowMs);
    case "erased":
      return refuse("SESSION_REVOKED", "this account no longer exists: sign in with another");
    default:
      return state satisfies never;
  }
}
