/** All of the client but a transport: for browsers, and for transports of your own. */

export type { Chat, SearchOptions, SearchPage } from "./chat.ts";
export { connectOver } from "./connect.ts";
export type { ConnectionState } from "./connection/state.ts";
export type { Cursor, CursorStore } from "./cursors.ts";
export type { Environment } from "./environment.ts";
export {
  ClosedError,
  ConfabError,
  type ConfabErrorDetails,
  ConflictError,
  type FieldViolation,
  InvalidArgumentError,
  NotFoundError,
  PermissionError,
  QuotaError,
  UnauthenticatedError,
  UnavailableError,
} from "./errors.ts";
export type { Observable } from "./observable.ts";
export type {
  CallOptions,
  ConnectOptions,
  Credential,
  ReconnectOptions,
  Registration,
  SessionTokens,
} from "./options.ts";
export type { Message, Reaction, Timeline, TimelineItem } from "./rooms/message.ts";
export type { MemberChanges, MessagesOptions, Room, RoomChanges, SendOptions } from "./rooms/room.ts";
export type { RoomEvent } from "./rooms/room-event.ts";
export type { Member, MemberState, Permission, Role, RoomInfo, RoomPolicy } from "./rooms/room-info.ts";
export type { NewRoom, RoomPage, Rooms } from "./rooms/rooms.ts";
export type { Command, LiveStream, StreamOptions, Transport, UnaryOptions } from "./transport/port.ts";
export type { User, Users } from "./users/user.ts";
