/** A number of rooms of ten, and the clients who share them. */
export interface RoomsShape {
  readonly rooms: number;
  /** The rooms that each client is in. */
  readonly roomsPerClient: number;
}

export const MEMBERS = 10;

/** Shares no factor with the numbers of clients, so no two rooms have the same ten members. */
const STEP = 97;

export function clientsOf({ rooms, roomsPerClient }: RoomsShape): number {
  return (rooms * MEMBERS) / roomsPerClient;
}

/** The numbers of the clients in a room. */
export function membersOf(room: number, shape: RoomsShape): readonly number[] {
  const count = clientsOf(shape);
  return Array.from({ length: MEMBERS }, (_, member) =>
    shape.roomsPerClient === 1 ? room + member * shape.rooms : (room + member * STEP) % count,
  );
}

/** The numbers of each client's rooms. */
export function roomsOfClients(shape: RoomsShape): readonly (readonly number[])[] {
  const roomsOf: number[][] = Array.from({ length: clientsOf(shape) }, () => []);
  for (let room = 0; room < shape.rooms; room++) {
    for (const client of membersOf(room, shape)) roomsOf[client]?.push(room);
  }
  return roomsOf;
}
