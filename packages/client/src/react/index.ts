/**
 * React hooks over a chat. Each re-renders its component only when its result changes.
 *
 * @module
 */

export { ChatProvider, type ChatProviderProps, useChat } from "./chat-context.tsx";
export { useConnection, useUnsent } from "./use-connection.ts";
export { keyOf, type Messages, type UseMessagesOptions, useMessages } from "./use-messages.ts";
export { useObservable } from "./use-observable.ts";
export { useActivity, useOnline, useTyping } from "./use-people.ts";
export { type RoomToShow, useInvitations, useRoom, useRoomInfo, useRooms } from "./use-rooms.ts";
export { type Unread, useMarkRead, useUnread, useUnreadTotal } from "./use-unread.ts";
