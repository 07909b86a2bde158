import type { Observable } from "../observable.ts";
import type { Activity } from "../presence/presence.ts";
import type { User } from "../users/user.ts";
import { useChat } from "./chat-context.tsx";
import { constant, isSameList, useDerived, useObservable } from "./use-observable.ts";
import type { RoomToShow } from "./use-rooms.ts";

const nobody: Observable<readonly User[]> = constant([]);

/** Returns the users who are typing in a room, without the user. `room.setTyping()` signals the user's own typing. */
export function useTyping(room: RoomToShow): readonly User[] {
  return useDerived(room?.typing ?? nobody, itself, isSameList);
}

/** Returns the members who are online or away, with the user; empty in rooms of more than 500 members. */
export function useOnline(room: RoomToShow): readonly User[] {
  return useDerived(room?.online ?? nobody, itself, isSameList);
}

/** Returns what a user does: `offline` for whoever shares no room of at most 500 members with the user, too. */
export function useActivity(userId: string): Activity {
  return useObservable(useChat().present).get(userId) ?? "offline";
}

function itself(users: readonly User[]): readonly User[] {
  return users;
}
