import { type EnumNames, enumNames, v1 } from "@confab/protocol";
import type { DirectMessages, User } from "./user.ts";

const kinds = enumNames(v1.UserKind) satisfies EnumNames<User["kind"]>;
const states = enumNames(v1.UserState) satisfies EnumNames<User["state"]>;
const roles = enumNames(v1.SystemRole) satisfies EnumNames<User["role"]>;

const direct = enumNames(v1.DirectMessages) satisfies EnumNames<Exclude<DirectMessages, "default">>;

export const directMessages = {
  toName: (value: v1.DirectMessages): DirectMessages => direct.toName(value) ?? "default",
  toNumber: (name: DirectMessages): v1.DirectMessages =>
    name === "default" ? v1.DirectMessages.UNSPECIFIED : direct.toNumber(name),
};

/** A user of the contract's. What a newer server has, and this client doesn't know, counts as the plain case. */
export function toUser(user: v1.User): User {
  const state = states.toName(user.state) ?? "active";
  return {
    id: user.id,
    handle: user.handle,
    displayName: user.displayName || (state === "erased" ? "deleted user" : user.handle || user.id),
    about: user.about,
    avatarUrl: user.avatarUrl,
    kind: kinds.toName(user.kind) ?? "human",
    state,
    role: roles.toName(user.role) ?? "user",
    labels: { ...user.labels },
    directMessages: directMessages.toName(user.directMessages),
    hidesPresence: user.hidePresence,
    isKnown: true,
  };
}

/** Makes a placeholder for a user whose profile is not loaded. */
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
    directMessages: "default",
    hidesPresence: false,
    isKnown: false,
  };
}
