import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { TestClient } from "../support/client.ts";
import { register } from "../support/people.ts";
import { join, makeRoom } from "../support/rooms.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { Device, type User } from "./device.ts";
import { Relations } from "./relations.ts";
import { type MessageModel, RoomModel, type Who } from "./room-model.ts";

const { addMembers, openDirectRoom, getRoom } = v1.RoomService.method;
const { FULL, SINCE_JOIN } = v1.HistoryVisibility;

export const USERS = 4;
export const ROOMS = 4;
/** The clients, each with its user and its kind. */
const CLIENTS: readonly { readonly who: Who; readonly isSubscriber: boolean }[] = [
  { who: 0, isSubscriber: false },
  { who: 0, isSubscriber: true },
  { who: 1, isSubscriber: false },
  { who: 2, isSubscriber: false },
  { who: 3, isSubscriber: true },
];
export const DEVICES = CLIENTS.length;

/** A server with nobody in its rooms but the users of one run. */
export interface House extends AsyncDisposable {
  readonly address: string;
  readonly users: readonly User[];
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Moves the server's clock, and resolves when all that has ended by then has ended; null where it can't be moved. */
  readonly advance: ((ms: number) => Promise<void>) | null;
}

/**
 * A server of its own in this process, with a clock that the plan moves.
 *
 * @param readDelayMs how late what streams read from the store comes to them: much happens meanwhile
 */
export async function openTestServer(readDelayMs: number): Promise<House> {
  const seed = { users: { ada: {}, grace: {}, mary: {}, edith: {} } } as const;
  const operations = ["listFeedRooms", "readSnapshots", "readChanges"] as const;
  const faults = readDelayMs > 0 ? { delayStore: { ms: readDelayMs, operations } } : {};
  const server = await createTestServer({ seed, faults });
  const { ada, grace, mary, edith } = server.users;
  return {
    address: server.address,
    users: [ada, grace, mary, edith].map(({ id, accessToken }) => ({ id, token: accessToken })),
    nowMs: server.clock.now,
    advance: (ms) => server.clock.advance(ms),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

let registered = 0;

/** New users on a server that other runs have used before. */
export async function moveIn({ address }: ServerProcess): Promise<House> {
  using client = new TestClient(address);
  const handles = Array.from({ length: USERS }, () => `user-${registered++}`);
  const users = await Promise.all(handles.map((handle) => register(client, handle)));
  return {
    address,
    users,
    nowMs: Date.now,
    advance: null,
    // The server stays, and the users with it.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A send under an id, and the message that it became. */
export interface Sent {
  readonly who: Who;
  readonly room: RoomModel;
  readonly request: v1.SendMessageRequest;
  readonly message: MessageModel;
}

/** The users of a run with their clients, and the rooms with what should be in them. */
export interface Stage extends Disposable {
  readonly house: House;
  readonly client: TestClient;
  readonly rooms: readonly RoomModel[];
  readonly devices: readonly Device[];
  /** Every send that was stored, in no order. */
  readonly sent: Sent[];
  readonly relations: Relations;
  /** The time by which the clock was moved. */
  advancedMs: number;
  user(who: Who): User;
  whoIs(userId: string): Who;
  /** A number that is new each time. */
  next(): number;
}

export async function setStage(house: House): Promise<Stage> {
  const { users, address, nowMs } = house;
  const opened = new DisposableStack();
  const client = opened.use(new TestClient(address));
  const user = (who: Who): User => {
    const found = users[who];
    if (!found) throw new Error(`there is no user ${who}`);
    return found;
  };
  const relations = new Relations();
  const model = async (
    name: string,
    { id }: { id: string },
    { owner, joined, pair = [] }: { owner: Who | null; joined: readonly Who[]; pair?: readonly Who[] },
  ): Promise<RoomModel> => {
    const { room } = await client.unary(getRoom, { roomId: id }, user(joined[0] ?? 0));
    if (!room) throw new Error(`${name} is not there`);
    const { policy, revision } = room;
    const isSinceJoin = policy?.historyVisibility === SINCE_JOIN;
    const state = { id, name, owner, isPublic: room.public, isSinceJoin, revision: Number(revision) };
    return new RoomModel({ ...state, joined, pair, relations, users: USERS, nowMs });
  };

  const open = await makeRoom(client, user(0), { public: true, policy: { historyVisibility: FULL } });
  for (const who of [1, 2]) await join(client, open, user(who));
  const closed = await makeRoom(client, user(1), { public: false });
  await client.unary(addMembers, { roomId: closed.id, userIds: [user(0).id, user(2).id] }, user(1));
  for (const who of [0, 2]) await join(client, closed, user(who));
  const recent = await makeRoom(client, user(2), { public: true, policy: { historyVisibility: SINCE_JOIN } });
  for (const who of [0, 3]) await join(client, recent, user(who));
  const { room: direct } = await client.unary(openDirectRoom, { userIds: [user(1).id] }, user(0));
  if (!direct) throw new Error("no direct room was opened");
  const rooms = [
    await model("the open room", open, { owner: 0, joined: [0, 1, 2] }),
    await model("the closed room", closed, { owner: 1, joined: [1, 0, 2] }),
    await model("the recent room", recent, { owner: 2, joined: [2, 0, 3] }),
    await model("the direct room", direct, { owner: null, joined: [0], pair: [0, 1] }),
  ];
  const devices = CLIENTS.map(({ who, isSubscriber }) =>
    opened.use(new Device({ address, who, user: user(who), isSubscriber, rooms })),
  );
  let count = 0;
  return {
    house,
    client,
    rooms,
    devices,
    sent: [],
    relations,
    advancedMs: 0,
    user,
    whoIs: (userId) => users.findIndex(({ id }) => id === userId),
    next: () => ++count,
    [Symbol.dispose]: () => opened.dispose(),
  };
}
