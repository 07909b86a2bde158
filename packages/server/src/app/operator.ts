import type { SignedIn } from "../domain/callers.ts";
import type { SessionId, UserId } from "../domain/ids.ts";

/**
 * Whoever can open the data folder's own socket: the one who runs the server. An administrator without an
 * account, by whom the first one is made.
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
    version: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
  },
  sessionId: "operator" as SessionId,
  serviceId: null,
};
