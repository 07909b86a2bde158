import type { UseCases } from "./app/use-cases.ts";
import type { Config } from "./config.ts";
import type { Binding } from "./rpc/binding.ts";
import { simpleChat } from "./rpc/simple/chat.ts";
import { simpleUser } from "./rpc/simple/user.ts";
import { adminService } from "./rpc/v1/admin/admin.ts";
import { type LiveParts, liveHandlers } from "./rpc/v1/live/connect.ts";
import { chatService, messageHandlers } from "./rpc/v1/messages/chat.ts";
import { reactionHandlers } from "./rpc/v1/messages/reactions.ts";
import { signalHandlers } from "./rpc/v1/presence/activity.ts";
import { roomService } from "./rpc/v1/rooms/room.ts";
import { searchHandlers } from "./rpc/v1/search/search.ts";
import { authService } from "./rpc/v1/sessions/auth.ts";
import { userService } from "./rpc/v1/users/user.ts";
import { version } from "./version.ts";

/** Binds the services of both contracts to the use cases. Every port serves the same bindings. */
export function createBindings(
  { identityProvider, guests }: Config,
  useCases: UseCases,
  live: Omit<LiveParts, "presence">,
): readonly Binding[] {
  const { messages, presence } = useCases;
  const authMethods = [
    "password",
    ...(identityProvider ? ["external_token"] : []),
    ...(guests ? ["guest"] : []),
  ];
  const calls = {
    ...messageHandlers(messages),
    ...reactionHandlers(messages),
    ...searchHandlers(useCases.search),
    ...signalHandlers(presence),
  };
  const commands = { ...calls, send: messages.sendMessage };
  return [
    simpleChat(messages, live),
    simpleUser(useCases),
    authService(useCases.auth, { version, authMethods }),
    userService(useCases.users),
    adminService(useCases.admin),
    roomService(useCases),
    chatService({ ...calls, ...liveHandlers({ ...live, presence }, commands) }),
  ];
}
