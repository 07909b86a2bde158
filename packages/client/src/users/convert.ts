import { v1 } from "@confab/protocol";
import type { User } from "./user.ts";

const kinds: Readonly<Record<v1.UserKind, User["kind"]>> = {
  [v1.UserKind.UNSPECIFIED]: "human",
  [v1.UserKind.HUMAN]: "human",
  [v1.UserKind.BOT]: "bot",
  [v1.UserKind.GUEST]: "guest",
};

const states: Readonly<Record<v1.UserState, User["state"]>> = {
  [v1.UserState.UNSPECIFIED]: "active",
  [v1.UserState.ACTIVE]: "active",
  [v1.UserState.SUSPENDED]: "suspended",
  [v1.UserState.ERASED]: "erased",
};

const roles: Readonly<Record<v1.SystemRole, User["role"]>> = {
  [v1.SystemRole.UNSPECIFIED]: "user",
  [v1.SystemRole.GUEST]: "guest",
  [v1.SystemRole.USER]: "user",
  [v1.SystemRole.MODERATOR]: "moderator",
  [v1.SystemRole.ADMIN]: "admin",
  [v1.SystemRole.SERVICE]: "service",
};

/** A user of the contract's. What a newer server has, and this client doesn't know, counts as the plain case. */
export function toUser(user: v1.User): User {
  const state = states[user.state] ?? "active";
  return {
    id: user.id,
    handle: user.handle,
    displayName: user.displayName || (state === "erased" ? "deleted user" : user.handle || user.id),
    about: user.about,
    avatarUrl: user.avatarUrl,
    kind: kinds[user.kind] ?? "human",
    state,
    role: roles[user.role] ?? "user",
    labels: { ...user.labels },
    isKnown: true,
  };
}

/** Stands in for someone of whom nothing but the id is known. */
export function standIn(id: string): User {
  return {
    id,
    handle: "",
    displayName: "…",
    about: "",
    avatarUrl: "",
    kind: "human",
    state: "active",
    role: "user",
    labels: {},
    isKnown: false,
  };
}
