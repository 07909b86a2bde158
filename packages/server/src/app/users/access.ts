import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import { refusalError } from "../../domain/access/decisions.ts";
import { refuseSuspended } from "../../domain/access/system-access.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import { describeEnd, type EndMs } from "../../domain/expiry.ts";
import type { UserId } from "../../domain/ids.ts";
import { parseReason } from "../../domain/users/profile.ts";
import type { AccountState, SystemRole } from "../../domain/users/system-roles.ts";
import { type User, userNotFound, userNow } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import type { LiveSessions } from "../sessions/live-sessions.ts";
import type { UserChanges } from "./user-changes.ts";

/** Changes what an account may do on this server: its system role, and whether it may do anything. */
export interface UserAccess {
  /**
   * Suspends, reinstates, or changes the system role; each may end by itself at `untilMs`. A suspension ends
   * the account's sessions, and their streams are told of it.
   *
   * @throws ChatError NOT_PERMITTED, USER_NOT_FOUND, FIELD_REQUIRED, FIELD_INVALID
   */
  updateUserAccess(ask: AccountAsk, change: AccessUpdate): Promise<User>;
}

interface AccessUpdate {
  readonly userId: UserId;
  readonly state: "active" | "suspended" | null;
  readonly role: SystemRole | null;
  readonly untilMs: EndMs;
  readonly reason: string;
}

export function createUserAccess(store: Store, userChanges: UserChanges, live: LiveSessions): UserAccess {
  return {
    async updateUserAccess(ask, { userId, state, role, untilMs, reason }) {
      const { nowMs } = ask;
      if (state === null && role === null) {
        throw new ChatError("FIELD_REQUIRED", "give a state or a role to change to", { field: "state" });
      }
      if (untilMs !== null && untilMs <= nowMs) {
        throw new ChatError("FIELD_INVALID", "until_time has passed already", { field: "until_time" });
      }
      parseReason(reason, "reason");
      const { endedSessions } = await store.updateAccess({
        ...actorNow(ask),
        userId,
        ...(state !== null && { state: toState(state, untilMs) }),
        ...(role !== null && { role: { role, untilMs } }),
        audit: auditEntry(ask, {
          action: "access-changed",
          targetId: userId,
          detail: [state, role, untilMs === null ? null : describeEnd(untilMs), reason]
            .filter((part) => part !== null && part !== "")
            .join("; "),
        }),
      });
      userChanges.changed(userId);
      // Only a suspension ends any.
      live.ended(endedSessions, refusalError(refuseSuspended(untilMs, nowMs)));
      const user = await store.findUser({ userId });
      if (!user) throw userNotFound();
      return userNow(user, nowMs);
    },
  };
}

function toState(state: "active" | "suspended", untilMs: EndMs): AccountState {
  return state === "suspended" ? { kind: state, untilMs } : { kind: state };
}
