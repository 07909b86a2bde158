import { hasEnded } from "../expiry.ts";
import { type Membership, stateNow } from "./membership.ts";

/** Returns a record without everything that has expired by this moment. */
export function withoutEnded(membership: Membership, nowMs: number): Membership {
  const { expiresAtMs, mutedUntilMs, allow, deny } = membership;
  return {
    ...membership,
    state: stateNow(membership, nowMs),
    expiresAtMs: hasEnded(expiresAtMs, nowMs) ? null : expiresAtMs,
    mutedUntilMs: hasEnded(mutedUntilMs, nowMs) ? null : mutedUntilMs,
    allow: allow.filter((entry) => !hasEnded(entry.expiresAtMs, nowMs)),
    deny: deny.filter((entry) => !hasEnded(entry.expiresAtMs, nowMs)),
  };
}
