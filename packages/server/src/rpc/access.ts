import type { health, reflection, simple, v1 } from "@confab/protocol";
import type { CallRule } from "../domain/access/system-access.ts";

type MethodsOf<Service extends { readonly method: object }> = keyof Service["method"];

/*
 * The access rule of every method. A method without a rule does not compile, and a service without a table can't be
 * bound. The use case may still refuse a call that its rule lets in, for example one about another user's profile.
 */

export const simpleChatAccess = {
  sendMessage: "guests",
  receiveMessage: "guests",
  chat: "guests",
} as const satisfies Record<MethodsOf<typeof simple.ChatService>, CallRule>;

export const simpleUserAccess = {
  createUser: "anyone",
  login: "anyone",
  getUser: "signed-in",
  getUsers: "users",
  updateUser: "signed-in",
  deleteUser: "signed-in",
} as const satisfies Record<MethodsOf<typeof simple.UserService>, CallRule>;

export const authAccess = {
  getServerInfo: "anyone",
  createSession: "anyone",
  refreshSession: "anyone",
  listSessions: "signed-in",
  deleteSession: "signed-in",
} as const satisfies Record<MethodsOf<typeof v1.AuthService>, CallRule>;

export const userAccess = {
  createUser: "anyone",
  getUser: "signed-in",
  batchGetUsers: "signed-in",
  listUsers: "users",
  updateUser: "signed-in",
  changePassword: "users",
  updateUserAccess: "moderators",
  deleteUser: "signed-in",
  updateRelationship: "signed-in",
  listRelationships: "signed-in",
} as const satisfies Record<MethodsOf<typeof v1.UserService>, CallRule>;

export const adminAccess = {
  createServiceKey: "admins",
  listServiceKeys: "admins",
  deleteServiceKey: "admins",
  resetPassword: "admins",
  rotateSigningKey: "admins",
  listAuditEntries: "admins",
} as const satisfies Record<MethodsOf<typeof v1.AdminService>, CallRule>;

export const roomAccess = {
  createRoom: "users",
  openDirectRoom: "users",
  getRoom: "signed-in",
  listRooms: "signed-in",
  updateRoom: "signed-in",
  deleteRoom: "signed-in",
  addMembers: "signed-in",
  listMembers: "signed-in",
  updateMember: "signed-in",
  removeMember: "signed-in",
  checkAccess: "signed-in",
} as const satisfies Record<MethodsOf<typeof v1.RoomService>, CallRule>;

export const chatAccess = {
  connect: "signed-in",
  subscribe: "signed-in",
  sendMessage: "signed-in",
  getMessage: "signed-in",
  listMessages: "signed-in",
  updateMessage: "signed-in",
  deleteMessage: "signed-in",
  setReaction: "signed-in",
  removeReactions: "signed-in",
  listReactions: "signed-in",
  updateReadCursor: "signed-in",
  signalActivity: "signed-in",
  searchMessages: "signed-in",
} as const satisfies Record<MethodsOf<typeof v1.ChatService>, CallRule>;

export const healthAccess = {
  check: "anyone",
  list: "anyone",
  watch: "anyone",
} as const satisfies Record<MethodsOf<typeof health.Health>, CallRule>;

export const reflectionAccess = {
  serverReflectionInfo: "anyone",
} as const satisfies Record<MethodsOf<typeof reflection.ServerReflection>, CallRule>;
