import type { AccountAsk } from "../../domain/access/ask.ts";
import type { SignedIn } from "../../domain/access/callers.ts";
import { ChatError } from "../../domain/errors.ts";
import type { SessionId, UserId } from "../../domain/ids.ts";

/**
 * The one who runs the server, and so can open the data folder's own socket: an administrator without an account,
 * who makes the first one.
 */
export const OPERATOR: SignedIn = {
  kind: "account",
  account: {
    id: "operator" as UserId,
    kind: "bot",
    state: { kind: "active" },
    role: "admin",
    roleUntilMs: null,
    handle: "operator",
    displayName: "Operator",
    about: "",
    avatarUrl: "",
    labels: {},
    hidesPresence: true,
    directMessages: null,
    version: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
  },
  sessionId: "operator" as SessionId,
  serviceId: null,
};

/** Lets only accounts into rooms and conversations. @throws ChatError NOT_PERMITTED for the operator, who has none */
export function refuseOperator({ caller }: AccountAsk): void {
  if (caller.account.id !== OPERATOR.account.id) return;
  throw new ChatError(
    "NOT_PERMITTED",
    "the operator has no account, and so is in no room: sign in as a user, or use a service key",
  );
}
