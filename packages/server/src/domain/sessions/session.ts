import type { SessionId, UserId } from "../ids.ts";

/** A device on which a user has signed in. */
export interface Session {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly deviceName: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
  readonly expiresAtMs: number;
}

/** A key of the host application's back end. */
export interface ServiceKey {
  readonly id: string;
  readonly userId: UserId;
  readonly name: string;
  readonly createdAtMs: number;
}
