import { useCallback } from "react";
import type { Room } from "../rooms/room.ts";
import type { RoomInfo } from "../rooms/room-info.ts";
import { useChat } from "./chat-context.tsx";
import { constant, isSameList, useDerived, useObservable } from "./use-observable.ts";

/** A room to show, or that none is open. */
export type RoomToShow = Room | null | undefined;

const noInfo = constant(null);

/** The rooms that one is in as a list shows them, with what is unread, the newest activity first. */
export function useRooms(): readonly RoomInfo[] {
  return useDerived(useChat().rooms, infosOf, isSameList);
}

/** The room with that id: undefined while one is not in it. It stays the same over lost connections. */
export function useRoom(roomId: string | null | undefined): Room | undefined {
  const find = useCallback((rooms: readonly Room[]) => rooms.find(({ id }) => id === roomId), [roomId]);
  return useDerived<readonly Room[], Room | undefined>(useChat().rooms, find);
}

/** A room as it stands: title, topic, members, one's own place, what is unread. Null where no room is open. */
export function useRoomInfo(room: RoomToShow): RoomInfo | null {
  return useObservable<RoomInfo | null>(room?.info ?? noInfo);
}

/** The rooms that one is invited to: `chat.rooms.join(id)` accepts, `chat.rooms.decline(id)` does not. */
export function useInvitations(): readonly RoomInfo[] {
  return useDerived(useChat().rooms.invitations, itself, isSameList);
}

function infosOf(rooms: readonly Room[]): readonly RoomInfo[] {
  return rooms.map(({ info }) => info.get());
}

function itself(rooms: readonly RoomInfo[]): readonly RoomInfo[] {
  return rooms;
}
