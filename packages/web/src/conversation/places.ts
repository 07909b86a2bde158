/** A place in a room's list: a row, and the pixels of it above the top of the list. */
export interface Place {
  readonly key: string;
  readonly offset: number;
}

const places = new Map<string, Place>();

/** Returns the place where the user left a room, in this tab; undefined at its end. */
export function placeIn(roomId: string): Place | undefined {
  return places.get(roomId);
}

/** Keeps the place in a room; null: at its end. */
export function keepPlace(roomId: string, place: Place | null): void {
  if (place) places.set(roomId, place);
  else places.delete(roomId);
}
