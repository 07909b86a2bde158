import { useCallback } from "react";
import type { Room } from "../rooms/room.ts";
import type { RoomInfo } from "../rooms/room-info.ts";
import { useChat } from "./chat-context.tsx";
import { constant, isSameList, useDerived, useObservable } from "./use-observable.ts";

/** The room to show; null or undefined while no room is open. */
export type RoomToShow = Room | null | undefined;

const noInfo = constant(null);

/** Returns the user's rooms with titles and unread counts, the newest activity first. */
export function useRooms(): readonly RoomInfo[] {
  return useDerived(useChat().rooms, infosOf, isSameList);
}

/** Returns the room with this id; undefined while the user is not in it. The object survives lost connections. */
export function useRoom(roomId: string | null | undefined): Room | undefined {
  const find = useCallback((rooms: readonly Room[]) => rooms.find(({ id }) => id === roomId), [roomId]);
  return useDerived<readonly Room[], Room | undefined>(useChat().rooms, find);
}

/** Returns a room's title, topic, membership and unread counts; null while no room is open. */
export function useRoomInfo(room: RoomToShow): RoomInfo | null {
  return useObservable<RoomInfo | null>(room?.info ?? noInfo);
}

/** Returns the rooms that the user is invited to. `chat.rooms.join(id)` accepts, `chat.rooms.decline(id)` declines. */
export function useInvitations(): readonly RoomInfo[] {
  return useDerived(useChat().rooms.invitations, itself, isSameList);
}

function infosOf(rooms: readonly Room[]): readonly RoomInfo[] {
  return rooms.map(({ info }) => info.get());
}

function itself(rooms: readonly RoomInfo[]): readonly RoomInfo[] {
  return rooms;
}
