import type { RoomInfo } from "@confab/client/core";

/** Keeps the rooms whose title has all of the words, in any case and without accents. */
export function filterRooms(rooms: readonly RoomInfo[], query: string): readonly RoomInfo[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  return rooms.filter(({ title }) => words.every((word) => fold(title).includes(word)));
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
