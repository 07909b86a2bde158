import type { UserId } from "./ids.ts";

/** Everything that decides who may do what is written down. */
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
  | "service-key-created"
  | "service-key-deleted"
  | "signing-key-rotated";

/** Who did what to whom, from where and when. Never a secret, never a message's text. */
export interface AuditEntry {
  readonly atMs: number;
  readonly action: AuditAction;
  /** Null for someone who did not prove who they are. */
  readonly actorId: UserId | null;
  /** The service that acted for the actor. */
  readonly serviceId: UserId | null;
  readonly targetId: string | null;
  /** The address that the call came from. */
  readonly address: string;
  readonly detail: string;
}

export interface AuditRecord extends AuditEntry {
  readonly seq: number;
}
