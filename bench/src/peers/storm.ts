import { v1 } from "@confab/protocol";
import { type FanOutProtocol, NUMBERED_MARK } from "../load/fan-out.ts";
import { forEachOf } from "../many.ts";
import type { Runtime } from "../runtimes.ts";
import { TEXT } from "../text.ts";
import { type Account, ConfabClient, encode, pathOf } from "./client.ts";
import { startConfab } from "./confab.ts";
import { openCall } from "./fan-out/http2.ts";
import { readReady } from "./live-stream.ts";
import { storeMessages } from "./stored-messages.ts";

const AT_ONCE = 64;

/** Clients for each room that gets messages while they are away: all in one room, or ten in each. */
export const layouts = { "one room": Number.POSITIVE_INFINITY, "rooms of 10": 10 } as const;
export type Layout = keyof typeof layouts;

interface RoomLeft {
  readonly roomId: string;
  /** The last revision that everyone has seen. */
  readonly revision: bigint;
}

/** Clients who are about to miss messages. Each is in one room of each layout. */
export interface Absent {
  readonly clients: readonly Account[];
  readonly ownerId: string;
  readonly rooms: Readonly<Record<Layout, readonly RoomLeft[]>>;
}

/** Makes guests and their rooms in a new data folder. The guests' tokens last 5 minutes. */
export async function makeAbsent(dataFolder: string, runtime: Runtime, count: number): Promise<Absent> {
  await using confab = await startConfab({ runtime, dataFolder });
  using client = new ConfabClient(confab.port);
  const owner = await client.register("bench");
  const clients: Account[] = [];
  await forEachOf(count, AT_ONCE, async (number) => {
    clients[number] = await client.signInGuest(`guest ${number}`);
  });
  const makeRooms = (layout: Layout): Promise<readonly RoomLeft[]> =>
    fillRooms(client, owner, { clients, count: Math.ceil(count / Math.min(count, layouts[layout])) });
  return {
    clients,
    ownerId: owner.id,
    rooms: { "one room": await makeRooms("one room"), "rooms of 10": await makeRooms("rooms of 10") },
  };
}

async function fillRooms(
  client: ConfabClient,
  owner: Account,
  { clients, count }: { readonly clients: readonly Account[]; readonly count: number },
): Promise<readonly RoomLeft[]> {
  const roomIds: string[] = [];
  await forEachOf(count, AT_ONCE, async (room) => {
    roomIds[room] = await client.createRoom(owner, `room ${room}`);
  });
  await forEachOf(clients.length, AT_ONCE, async (number) => {
    const account = clients[number];
    if (account) await client.join(roomIds[number % count] ?? "", account);
  });
  const left: RoomLeft[] = [];
  await forEachOf(count, AT_ONCE, async (room) => {
    const roomId = roomIds[room] ?? "";
    const response = await client.unary(v1.RoomService.method.getRoom, { roomId }, owner);
    left[room] = { roomId, revision: response.room?.revision ?? 0n };
  });
  return left;
}

/** Stores messages in each room of a layout, while no server has the data folder open. */
export function missMessages(
  dataFolder: string,
  { rooms, ownerId }: Absent,
  { layout, messages }: { readonly layout: Layout; readonly messages: number },
): Promise<void> {
  const theirs = rooms[layout];
  const nowMs = Date.now();
  return storeMessages(dataFolder, theirs.length * messages, (index) => ({
    roomId: theirs[index % theirs.length]?.roomId ?? "",
    senderId: ownerId,
    text: `${NUMBERED_MARK} ${TEXT}`,
    nowMs,
  }));
}

/** Every client comes back with its cursors. Its stream counts as open once Ready says that nothing is missing. */
export async function comingBack(port: number, { clients, rooms }: Absent): Promise<FanOutProtocol> {
  using client = new ConfabClient(port);
  const [first] = clients;
  if (!first) throw new Error("there are no clients");
  const wait = await readReady(client, first, v1.ResumeOutcome.RESUMED);
  const method = v1.ChatService.method.connect;
  const listeners = clients.map(({ metadata }, number) => {
    const cursors = Object.values(rooms).flatMap((theirs) => theirs[number % theirs.length] ?? []);
    const hello = { rooms: cursors, clientName: "bench" };
    const request = encode(method.input, { command: { case: "hello", value: hello } });
    return [openCall({ path: pathOf(method), metadata, request, wait })];
  });
  return { isHttp2: true, listeners, sender: [], message: Buffer.alloc(0), hasAnswers: false };
}
