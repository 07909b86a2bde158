import type { UserId } from "./ids.ts";
import { type Account, accountStateNow, roleNow } from "./system-roles.ts";

export type UserKind = "human" | "bot" | "guest";

/** A user's profile, with what access rules look at. */
export interface User extends Account {
  readonly id: UserId;
  readonly kind: UserKind;
  /** Empty for guests and for the erased. */
  readonly handle: string;
  readonly displayName: string;
  readonly about: string;
  readonly avatarUrl: string;
  /** The host application's own fields. */
  readonly labels: Readonly<Record<string, string>>;
  /** Others don't see whether this user is there, and this user doesn't see it of others. */
  readonly hidesPresence: boolean;
  /** Counts the changes of the profile. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A user as they are at this moment: a role or a suspension that has ended is not there. */
export function userNow(user: User, nowMs: number): User {
  const role = roleNow(user, nowMs);
  const state = accountStateNow(user, nowMs);
  return role === user.role && state === user.state ? user : { ...user, role, state };
}

/** What one user wants of another, for themselves alone. */
export interface Relationship {
  readonly userId: UserId;
  readonly blocked: boolean;
  readonly muted: boolean;
}
