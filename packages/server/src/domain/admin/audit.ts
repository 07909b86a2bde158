import type { Ask } from "../access/ask.ts";
import type { UserId } from "../ids.ts";

/** Every action that changes what a user may do is recorded. */
export type AuditAction =
  | "sign-in"
  | "sign-in-failed"
  | "sign-out"
  | "session-refresh-reused"
  | "user-created"
  | "user-updated"
  | "user-erased"
  | "password-changed"
  | "password-reset"
  | "access-changed"
  | "room-created"
  | "room-updated"
  | "room-deleted"
  | "member-added"
  | "member-updated"
  | "member-removed"
  | "message-deleted"
  | "reactions-removed"
  | "service-key-created"
  | "service-key-deleted"
  | "signing-key-rotated";

/** One act, with its actor, target, address and time. Never a secret, never a message's text. */
export interface AuditEntry {
  readonly atMs: number;
  readonly action: AuditAction;
  /** Null if the actor did not sign in. */
  readonly actorId: UserId | null;
  /** The service that acted for the actor. */
  readonly serviceId: UserId | null;
  readonly targetId: string | null;
  /** The address of the caller. */
  readonly address: string;
  readonly detail: string;
}

export interface AuditRecord extends AuditEntry {
  readonly seq: number;
}

/** Makes the entry for something that a caller does. */
export function auditEntry(
  { caller, address, nowMs }: Ask,
  entry: { action: AuditAction; targetId?: string | null; detail?: string },
): AuditEntry {
  return {
    atMs: nowMs,
    action: entry.action,
    actorId: caller.kind === "account" ? caller.account.id : null,
    serviceId: caller.kind === "account" ? caller.serviceId : null,
    targetId: entry.targetId ?? null,
    address,
    detail: entry.detail ?? "",
  };
}
