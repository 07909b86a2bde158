/** So many rooms of ten, and how many clients share them. */
export interface RoomsShape {
  readonly rooms: number;
  /** In how many of the rooms each client is. */
  readonly roomsPerClient: number;
}

export const MEMBERS = 10;

/** A number without common factors with the counts of clients, so that no two rooms have the same ten. */
const STEP = 97;

export function clientsOf({ rooms, roomsPerClient }: RoomsShape): number {
  return (rooms * MEMBERS) / roomsPerClient;
}

/** The clients who are in a room, by their numbers. */
export function membersOf(room: number, shape: RoomsShape): readonly number[] {
  const count = clientsOf(shape);
  return Array.from({ length: MEMBERS }, (_, member) =>
    shape.roomsPerClient === 1 ? room + member * shape.rooms : (room + member * STEP) % count,
  );
}

/** The rooms of each client, by their numbers. */
export function roomsOfClients(shape: RoomsShape): readonly (readonly number[])[] {
  const roomsOf: number[][] = Array.from({ length: clientsOf(shape) }, () => []);
  for (let room = 0; room < shape.rooms; room++) {
    for (const client of membersOf(room, shape)) roomsOf[client]?.push(room);
  }
  return roomsOf;
}
