/**
 * The answers of every RPC to every kind of caller, by the object of the call. The table is written by hand, and is
 * a decision: the tests hold the server to it, and `docs/access.md` is made from it.
 */
import { chat, rooms } from "./expected-chat.ts";
import { register, simpleChat, simpleUser } from "./expected-simple.ts";
import { admin, auth, user } from "./expected-users.ts";
import type { Table } from "./rows.ts";

export const expectedTable: Table = {
  ChatService: simpleChat,
  UserService: simpleUser,
  "confab.v1.AuthService": auth,
  "confab.v1.UserService": user,
  "confab.v1.AdminService": admin,
  "confab.v1.RoomService": rooms,
  "confab.v1.ChatService": chat,
};

/** The rows that take the place of theirs where registration is closed. */
export const expectedWhereClosed: Table = { UserService: register, "confab.v1.UserService": register };

/** Services that are no contract of Confab's, and open to anyone: they tell nothing of anybody. */
export const openServices: readonly string[] = [
  "grpc.health.v1.Health",
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
];
