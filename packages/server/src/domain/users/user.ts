import { ChatError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { type Account, accountStateNow, roleNow } from "./system-roles.ts";

export type UserKind = "human" | "bot" | "guest";

/** The people who may bring a user into a direct room by writing there. */
export type DirectMessages = "everyone" | "shared-rooms" | "nobody";

export const DIRECT_MESSAGES = ["everyone", "shared-rooms", "nobody"] as const satisfies DirectMessages[];

/** A user's profile, with the fields that access rules use. */
export interface User extends Account {
  readonly id: UserId;
  readonly kind: UserKind;
  /** Empty for guests and erased users. */
  readonly handle: string;
  readonly displayName: string;
  readonly about: string;
  readonly avatarUrl: string;
  /** The host application's own fields. */
  readonly labels: Readonly<Record<string, string>>;
  /** This user is invisible, and sees nobody's presence. */
  readonly hidesPresence: boolean;
  /** Null for the server's default. */
  readonly directMessages: DirectMessages | null;
  /** Counts the changes of the profile. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Returns a user without an expired role or suspension. */
export function userNow(user: User, nowMs: number): User {
  const role = roleNow(user, nowMs);
  const state = accountStateNow(user, nowMs);
  return role === user.role && state === user.state ? user : { ...user, role, state };
}

const PROFILE_FIELDS = [
  "handle",
  "displayName",
  "about",
  "avatarUrl",
  "labels",
  "hidesPresence",
  "directMessages",
] as const satisfies (keyof User)[];

type ProfileField = (typeof PROFILE_FIELDS)[number];

/** Returns true if a profile has these values already; those that are left out don't matter. Labels are sorted. */
export function isSameProfile(
  before: User,
  wanted: { readonly [Field in ProfileField]?: User[Field] | undefined },
): boolean {
  return PROFILE_FIELDS.every(
    (field) => wanted[field] === undefined || JSON.stringify(wanted[field]) === JSON.stringify(before[field]),
  );
}

export function userNotFound(field?: string): ChatError {
  return new ChatError("USER_NOT_FOUND", "there is no such user", { field });
}

/** One user's private settings about another. */
export interface Relationship {
  readonly userId: UserId;
  readonly blocked: boolean;
  readonly muted: boolean;
}
