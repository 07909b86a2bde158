import type { Observable } from "../observable.ts";
import type { User } from "../users/user.ts";
import { constant, isSameList, useDerived } from "./use-observable.ts";
import type { RoomToShow } from "./use-rooms.ts";

const nobody: Observable<readonly User[]> = constant([]);

/** Who is typing in a room, oneself excepted. `room.setTyping()` tells the others that one types. */
export function useTyping(room: RoomToShow): readonly User[] {
  return useDerived(room?.typing ?? nobody, itself, isSameList);
}

/** Who of the members is there, oneself included; empty in rooms whose presence the server doesn't tell. */
export function useOnline(room: RoomToShow): readonly User[] {
  return useDerived(room?.online ?? nobody, itself, isSameList);
}

function itself(users: readonly User[]): readonly User[] {
  return users;
}
