import type { v1 } from "@confab/protocol";
import type { chatAccess, roomAccess, userAccess } from "../access.ts";
import type { Handlers } from "../handler.ts";

/** The handlers of services that several files put together. */
export type ChatHandlers = Handlers<typeof v1.ChatService, typeof chatAccess>;
export type RoomHandlers = Handlers<typeof v1.RoomService, typeof roomAccess>;
export type UserHandlers = Handlers<typeof v1.UserService, typeof userAccess>;
