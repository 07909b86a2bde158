/** The client without a transport: for transports of your own. */

export type { Chat, SearchOptions, SearchPage } from "./chat.ts";
export { connectOver } from "./connect.ts";
export type { ConnectionState } from "./connection/state.ts";
export type { StreamSlot, StreamSlots } from "./connection/stream-slots.ts";
export type { Environment, NetworkSigns } from "./environment.ts";
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
export { forPeople } from "./for-people.ts";
export type { Cursor, CursorStore } from "./live/cursors.ts";
export type { ReactionChange, RoomEvent } from "./live/room-event.ts";
export type { GivenReaction, Message, Reaction, Timeline, TimelineItem } from "./messages/message.ts";
export type { UnsentStore, UnsentWork } from "./messages/unsent-work.ts";
export type { Observable } from "./observable.ts";
export type {
  CallOptions,
  ConnectOptions,
  Credential,
  ReconnectOptions,
  Registration,
  SessionTokens,
  SignIn,
} from "./options.ts";
export type { Activity, PresentUsers } from "./presence/presence.ts";
export { isLikelyAllowed, type RightsQuery } from "./rooms/likely-rights.ts";
export type { Removal } from "./rooms/removals.ts";
export type {
  EditOptions,
  MemberChanges,
  MessagePage,
  MessageQuery,
  MessagesOptions,
  ReactionRemoval,
  Room,
  RoomChanges,
  SendOptions,
} from "./rooms/room.ts";
export type {
  Access,
  Member,
  MemberState,
  Permission,
  Role,
  RoomInfo,
  RoomPolicy,
} from "./rooms/room-info.ts";
export type { NewRoom, RoomPage, Rooms } from "./rooms/rooms.ts";
export type { SessionShare } from "./sessions/session-share.ts";
export type { OwnSession, Sessions } from "./sessions/sessions.ts";
export type { IssuedTokens, SessionCredential } from "./sessions/sign-in.ts";
export type {
  Command,
  LiveStream,
  SessionCall,
  StreamOptions,
  Transport,
  UnaryOptions,
} from "./transport/port.ts";
export type { Relationship, Relationships } from "./users/relationships.ts";
export type { DirectMessages, ProfileChanges, User, Users } from "./users/user.ts";
