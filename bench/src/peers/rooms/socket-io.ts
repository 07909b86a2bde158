import type { RoomsProtocol } from "../../load/rooms.ts";
import { joinRooms, sayIn } from "../fan-out/socket-io.ts";
import { membersOf, type RoomsShape, roomsOfClients } from "./shape.ts";

/** Gives each client a socket that is in its rooms from the start. */
export function socketIoRooms(shape: RoomsShape): RoomsProtocol {
  return {
    isHttp2: false,
    answersHaveMessage: false,
    clients: roomsOfClients(shape).map((rooms) => joinRooms(rooms.map(nameOf))),
    rooms: Array.from({ length: shape.rooms }, (_, room) => ({
      members: membersOf(room, shape),
      message: sayIn(nameOf(room)),
    })),
  };
}

function nameOf(room: number): string {
  return `room${room}`;
}
