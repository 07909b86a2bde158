import type { AuditAction, AuditEntry } from "../domain/audit.ts";
import type { Origin } from "../domain/callers.ts";
import type { Clock } from "./clock.ts";

/** Writes an entry of the audit trail for what a caller does. */
export function auditEntry(
  { caller, address }: Origin,
  clock: Clock,
  entry: { action: AuditAction; targetId?: string | null; detail?: string },
): AuditEntry {
  return {
    atMs: clock(),
    action: entry.action,
    actorId: caller.kind === "account" ? caller.account.id : null,
    serviceId: caller.kind === "account" ? caller.serviceId : null,
    targetId: entry.targetId ?? null,
    address,
    detail: entry.detail ?? "",
  };
}
