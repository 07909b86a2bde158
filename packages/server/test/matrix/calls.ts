import { simple, v1 } from "@confab/protocol";
import { type Calls, keeps, spends, withPassword } from "./call.ts";
import { chat, room } from "./calls-chat.ts";
import { actingFor } from "./cast.ts";
import { ask, listen, readAll, speak } from "./stage.ts";

const NEW_PASSWORD = "staple battery horse";

const chatRpc = simple.ChatService.method;
const simpleRpc = simple.UserService.method;
const authRpc = v1.AuthService.method;
const userRpc = v1.UserService.method;
const adminRpc = v1.AdminService.method;

const simpleChat: Calls = {
  SendMessage: keeps((on) =>
    ask(on, chatRpc.sendMessage, { userName: on.account.handle, text: "from the matrix" }),
  ),
  ReceiveMessage: keeps((on) => listen(on, chatRpc.receiveMessage, {})),
  Chat: keeps((on) => speak(on, chatRpc.chat, on.account.handle)),
};

const simpleUser: Calls = {
  CreateUser: keeps((on) =>
    ask(on, simpleRpc.createUser, { name: on.cast.newName("registered"), password: NEW_PASSWORD }),
  ),
  Login: withPassword(
    keeps((on) => ask(on, simpleRpc.login, { name: on.account.handle, password: on.account.password })),
  ),
  GetUser: keeps((on) => ask(on, simpleRpc.getUser, { id: on.account.id })),
  GetUsers: keeps((on) => readAll(on, simpleRpc.getUsers, {})),
  UpdateUser: keeps((on) => ask(on, simpleRpc.updateUser, { id: on.account.id, about: "changed" })),
  DeleteUser: spends((on) => ask(on, simpleRpc.deleteUser, { id: on.account.id })),
};

const auth: Calls = {
  GetServerInfo: keeps((on) => ask(on, authRpc.getServerInfo, {})),
  "CreateSession (password)": withPassword(
    keeps((on) => {
      const { handle, password } = on.account;
      return ask(on, authRpc.createSession, {
        credential: { case: "password", value: { handle, password } },
      });
    }),
  ),
  "CreateSession (external token)": keeps((on) =>
    ask(on, authRpc.createSession, {
      credential: { case: "externalToken", value: on.account.externalToken },
    }),
  ),
  "CreateSession (guest)": keeps((on) =>
    ask(on, authRpc.createSession, { credential: { case: "guest", value: { displayName: "Guest" } } }),
  ),
  RefreshSession: spends((on) => ask(on, authRpc.refreshSession, { refreshToken: on.account.refreshToken })),
  ListSessions: keeps((on) => ask(on, authRpc.listSessions, { userId: on.account.id })),
  "DeleteSession (this one)": spends((on) => ask(on, authRpc.deleteSession, {})),
  "DeleteSession (its id alone)": spends((on) =>
    ask(on, authRpc.deleteSession, { sessionId: on.account.sessionId }),
  ),
  "DeleteSession (with its user)": spends((on) =>
    ask(on, authRpc.deleteSession, { userId: on.account.id, sessionId: on.account.sessionId }),
  ),
  "DeleteSession (all of a user)": spends((on) =>
    ask(on, authRpc.deleteSession, { userId: on.account.id, all: true }),
  ),
};

const user: Calls = {
  CreateUser: keeps((on) => {
    const handle = on.cast.newName("registered");
    return ask(on, userRpc.createUser, { user: { handle }, password: NEW_PASSWORD });
  }),
  GetUser: keeps((on) => ask(on, userRpc.getUser, { key: { case: "userId", value: on.account.id } })),
  "GetUser (me)": keeps((on) => ask(on, userRpc.getUser, { key: { case: "userId", value: "me" } })),
  BatchGetUsers: keeps((on) => ask(on, userRpc.batchGetUsers, { userIds: [on.account.id] })),
  ListUsers: keeps((on) => ask(on, userRpc.listUsers, {})),
  UpdateUser: keeps((on) =>
    ask(on, userRpc.updateUser, {
      user: { id: on.account.id, about: "changed" },
      updateMask: { paths: ["about"] },
    }),
  ),
  ChangePassword: withPassword(
    spends((on) => {
      const { password } = on.account;
      return ask(on, userRpc.changePassword, { currentPassword: password, newPassword: NEW_PASSWORD });
    }),
  ),
  "UpdateUserAccess (suspend)": spends((on) =>
    ask(on, userRpc.updateUserAccess, { userId: on.account.id, state: v1.UserState.SUSPENDED }),
  ),
  "UpdateUserAccess (reinstate)": keeps((on) =>
    ask(on, userRpc.updateUserAccess, { userId: on.account.id, state: v1.UserState.ACTIVE }),
  ),
  "UpdateUserAccess (role)": spends((on) =>
    ask(on, userRpc.updateUserAccess, { userId: on.account.id, role: v1.SystemRole.MODERATOR }),
  ),
  DeleteUser: spends((on) => ask(on, userRpc.deleteUser, { userId: on.account.id })),
  "DeleteUser (validate only)": keeps((on) =>
    ask(on, userRpc.deleteUser, { userId: on.account.id, validateOnly: true }),
  ),
  UpdateRelationship: keeps((on) =>
    ask(on, userRpc.updateRelationship, { relationship: { userId: on.account.id, muted: true } }),
  ),
  ListRelationships: keeps((on) => ask(on, userRpc.listRelationships, {})),
};

const admin: Calls = {
  CreateServiceKey: keeps((on) => ask(on, adminRpc.createServiceKey, { name: on.cast.newName("made") })),
  ListServiceKeys: keeps((on) => ask(on, adminRpc.listServiceKeys, {})),
  DeleteServiceKey: spends((on) => ask(on, adminRpc.deleteServiceKey, { name: on.account.keyName })),
  ResetPassword: spends((on) =>
    ask(on, adminRpc.resetPassword, { userId: on.account.id, newPassword: NEW_PASSWORD }),
  ),
  RotateSigningKey: keeps((on) => ask(on, adminRpc.rotateSigningKey, {})),
  ListAuditEntries: keeps((on) => ask(on, adminRpc.listAuditEntries, { userId: on.account.id })),
};

/** A call in the name of the account that it is about. */
export const actingCall = keeps((on) => {
  const options = actingFor(on.options, on.account.id);
  return ask({ ...on, options }, userRpc.getUser, { key: { case: "userId", value: "me" } });
});

export const calls: Readonly<Record<string, Calls>> = {
  ChatService: simpleChat,
  UserService: simpleUser,
  "confab.v1.AuthService": auth,
  "confab.v1.UserService": user,
  "confab.v1.AdminService": admin,
  "confab.v1.RoomService": room,
  "confab.v1.ChatService": chat,
};
