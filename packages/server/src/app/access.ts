import { type AccountAction, decideAccountAction, decideRoleChange } from "../domain/account-actions.ts";
import type { Origin } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { EndMs } from "../domain/expiry.ts";
import type { UserId } from "../domain/ids.ts";
import { parseReason } from "../domain/profile.ts";
import type { AccountState, SystemRole } from "../domain/system-roles.ts";
import { type User, userNow } from "../domain/users.ts";
import type { Store } from "../store/port/store.ts";
import { notFound } from "./accounts.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { LiveSessions } from "./live-sessions.ts";
import { requireAccount, requireAllowed } from "./require.ts";
import type { UserCache } from "./user-cache.ts";

/** What an account may do on this server: its system role, and whether it may do anything. */
export interface Access {
  /**
   * Suspends, reinstates, or changes the system role; each may end by itself at `untilMs`. A suspension ends
   * the account's sessions.
   *
   * @throws ChatError NOT_PERMITTED, USER_NOT_FOUND, FIELD_REQUIRED, FIELD_INVALID
   */
  update(userId: UserId, change: AccessUpdate, origin: Origin): Promise<User>;
}

interface AccessUpdate {
  readonly state: "active" | "suspended" | null;
  readonly role: SystemRole | null;
  readonly untilMs: EndMs;
  readonly reason: string;
}

export interface AccessOptions {
  readonly store: Store;
  readonly users: UserCache;
  readonly live: LiveSessions;
  readonly clock: Clock;
}

export function createAccess({ store, users, live, clock }: AccessOptions): Access {
  return {
    async update(userId, { state, role, untilMs, reason }, origin) {
      const caller = requireAccount(origin.caller);
      if (state === null && role === null) {
        throw new ChatError("FIELD_REQUIRED", "give a state or a role to change to", { field: "state" });
      }
      if (untilMs !== null && untilMs <= clock()) {
        throw new ChatError("FIELD_INVALID", "until_time has passed already", { field: "until_time" });
      }
      parseReason(reason, "reason");
      const account = await store.findUser({ userId });
      const target = { account, isSelf: caller.account.id === userId };
      if (state !== null) {
        const action: AccountAction = state === "suspended" ? "suspend" : "reinstate";
        requireAllowed(decideAccountAction(caller.account, { action, ...target }, clock()), "state");
      }
      if (role !== null)
        requireAllowed(decideRoleChange(caller.account, { role, ...target }, clock()), "role");

      const outcome = await store.updateAccess({
        userId,
        ...(state !== null && { state: toState(state, untilMs) }),
        ...(role !== null && { role: { role, untilMs } }),
        nowMs: clock(),
        audit: auditEntry(origin, clock, {
          action: "access-changed",
          targetId: userId,
          detail: [state, role, reason].filter((part) => part !== null && part !== "").join("; "),
        }),
      });
      if (outcome === "not-found") throw notFound();
      users.forget(userId);
      live.userChanged(userId);
      live.ended(outcome.endedSessions);
      const user = await store.findUser({ userId });
      if (!user) throw notFound();
      return userNow(user, clock());
    },
  };
}

function toState(state: "active" | "suspended", untilMs: EndMs): AccountState {
  return state === "suspended" ? { kind: state, untilMs } : { kind: state };
}
