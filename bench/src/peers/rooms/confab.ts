import { randomUUID } from "node:crypto";
import { v1 } from "@confab/protocol";
import { ANSWERED_MARK, NUMBERED_MARK } from "../../load/fan-out.ts";
import { NUMBER_PLACE } from "../../load/numbering.ts";
import type { RoomsProtocol } from "../../load/rooms.ts";
import { forEachOf } from "../../many.ts";
import type { Runtime } from "../../runtimes.ts";
import { TEXT } from "../../text.ts";
import { type Account, ConfabClient, encode, pathOf } from "../client.ts";
import { startConfab } from "../confab.ts";
import { countedBytes, encodeRequest, openCall } from "../fan-out/http2.ts";
import { readReady } from "../live-stream.ts";
import { clientsOf, membersOf, type RoomsShape } from "./shape.ts";

const AT_ONCE = 64;

/** Rooms of one shape, with an account for each client. */
export interface FilledRooms {
  readonly shape: RoomsShape;
  readonly clients: readonly Account[];
  readonly roomIds: readonly string[];
}

/** Makes the rooms and the guests in a new data folder. The guests' tokens last 5 minutes. */
export async function fillRooms(
  dataFolder: string,
  runtime: Runtime,
  shapes: readonly RoomsShape[],
): Promise<readonly FilledRooms[]> {
  await using confab = await startConfab({ runtime, dataFolder });
  using client = new ConfabClient(confab.port);
  const owner = await client.register("bench");
  const filled: FilledRooms[] = [];
  for (const shape of shapes) filled.push(await fill(client, owner, shape));
  return filled;
}

async function fill(client: ConfabClient, owner: Account, shape: RoomsShape): Promise<FilledRooms> {
  const clients: Account[] = [];
  await forEachOf(clientsOf(shape), AT_ONCE, async (number) => {
    clients[number] = await client.signInGuest(`guest ${number}`);
  });
  const roomIds: string[] = [];
  await forEachOf(shape.rooms, AT_ONCE, async (room) => {
    const roomId = await client.createRoom(owner, `room ${room}`);
    roomIds[room] = roomId;
    for (const member of membersOf(room, shape)) {
      const account = clients[member];
      if (account) await client.join(roomId, account);
    }
  });
  return { shape, clients, roomIds };
}

/** Gives each client a connection with one `Connect` stream. */
export async function confabRooms(
  port: number,
  { shape, clients, roomIds }: FilledRooms,
): Promise<RoomsProtocol> {
  using client = new ConfabClient(port);
  const [first] = clients;
  if (!first) throw new Error("there are no clients");
  const method = v1.ChatService.method.connect;
  const call = {
    path: pathOf(method),
    request: encode(method.input, { command: { case: "hello", value: {} } }),
    wait: await readReady(client, first),
  };
  return {
    isHttp2: true,
    answersHaveMessage: true,
    clients: clients.map(({ metadata }) => [openCall({ ...call, metadata })]),
    rooms: roomIds.map((roomId, room) => {
      const request = encode(method.input, toSend(roomId));
      return {
        members: membersOf(room, shape),
        message: encodeRequest(request),
        countedBytes: countedBytes(request),
      };
    }),
  };
}

function toSend(roomId: string) {
  const send = {
    roomId,
    text: `${NUMBERED_MARK} ${TEXT}`,
    clientMessageId: `${randomUUID()}-${NUMBER_PLACE}`,
  };
  return { commandId: ANSWERED_MARK, command: { case: "sendMessage", value: send } } as const;
}
