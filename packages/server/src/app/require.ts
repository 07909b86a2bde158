import type { SignedIn } from "../domain/callers.ts";
import type { Ruling } from "../domain/decisions.ts";
import { ChatError } from "../domain/errors.ts";

/** Goes on if the ruling allows it. @throws ChatError with the ruling's reason */
export function requireAllowed(ruling: Ruling, field?: string): void {
  if (ruling.allowed) return;
  throw new ChatError(ruling.reason, ruling.explanation, {
    ...(field !== undefined && { field }),
    ...(ruling.retryAfterMs !== undefined && { retryAfterMs: ruling.retryAfterMs }),
  });
}

/** The account behind a caller who must have one. @throws ChatError SIGN_IN_REQUIRED */
export function requireAccount(caller: { readonly kind: "anonymous" } | SignedIn): SignedIn {
  if (caller.kind === "account") return caller;
  throw new ChatError("SIGN_IN_REQUIRED", "sign in first");
}
