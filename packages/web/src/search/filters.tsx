import type { Message, Room, User } from "@confab/client/core";
import { useChat, useRooms } from "@confab/client/react";
import { type ReactNode, useCallback } from "react";
import { Select } from "../design/select.tsx";
import { useLoaded } from "../notices/use-loaded.ts";
import type { SearchQuery } from "./search-route.ts";

const MAX_SENDERS = 200;

interface FiltersProps {
  readonly search: SearchQuery;
  readonly found: readonly Message[];
  readonly onChange: (search: SearchQuery) => void;
}

/** Limits a search to a room and to a sender. */
export function Filters({ search, found, onChange }: FiltersProps): ReactNode {
  const rooms = useRooms();
  const senders = useSenders(search, found);
  return (
    <div className="search-filters">
      <Select
        label="Room"
        value={search.roomId}
        options={[["", "All rooms"], ...rooms.map(({ id, title }) => [id, title] as const)]}
        onChoose={(roomId) => onChange({ ...search, roomId })}
      />
      <Select
        label="From"
        value={search.senderId}
        options={[["", "Anybody"], ...senders]}
        onChoose={(senderId) => onChange({ ...search, senderId })}
      />
    </div>
  );
}

/** The members of the chosen room, or the people with direct messages; and who has been found. */
function useSenders(
  { roomId, senderId }: SearchQuery,
  found: readonly Message[],
): readonly (readonly [string, string])[] {
  const chat = useChat();
  const room = chat.rooms.get(roomId);
  const load = useCallback(async (signal: AbortSignal) => membersOf(room, signal), [room]);
  const members = useLoaded(load);
  const people = new Map<string, string>([[chat.me.id, "You"]]);
  const add = ({ id, displayName }: User): void => void (people.has(id) || people.set(id, displayName));
  for (const user of members.status === "loaded" ? members.value : []) add(user);
  for (const { sender } of found) add(sender);
  if (!room) {
    for (const { info } of chat.rooms.get()) {
      for (const userId of info.get().directUserIds) {
        const user = chat.users.peek(userId);
        if (user) add(user);
      }
    }
  }
  if (senderId !== "" && !people.has(senderId))
    people.set(senderId, chat.users.peek(senderId)?.displayName ?? "…");
  return [...people].slice(0, MAX_SENDERS);
}

async function membersOf(room: Room | undefined, signal: AbortSignal): Promise<readonly User[]> {
  const members = room ? await room.members({ signal }) : [];
  return members
    .map(({ user }) => user)
    .toSorted((one, other) => one.displayName.localeCompare(other.displayName));
}
