import { v1 } from "@confab/protocol";
import { TestClient } from "../../support/client.ts";
import { send } from "../../support/messages.ts";
import { type Person, register, signIn } from "../../support/people.ts";
import { join, makeRoom } from "../../support/rooms.ts";
import { startServerProcess } from "../../support/server-process.ts";
import { seededRandom } from "../random.ts";

const HONEST = 12;
const ATTACKERS = 10;
const AT_ONCE = 64;
const SENDS_AT_ONCE = 256;

/** The amount of what attackers make the server work on. */
export interface WorldSize {
  /** Messages of the room in which everyone is. */
  readonly hall: number;
  /** Messages of each room that waits to be erased. */
  readonly heaps: readonly number[];
  /** Rooms of each account that waits to be erased. */
  readonly regulars: readonly number[];
}

/** People and rooms of a data folder that no server has open. Rooms by id, people by handle. */
export interface World {
  readonly size: WorldSize;
  readonly honest: readonly string[];
  readonly attackers: readonly string[];
  /** The room in which the honest talk. */
  readonly talk: string;
  readonly hall: string;
  readonly hallRevision: number;
  /** Each belongs to the attacker of the same number. */
  readonly heaps: readonly string[];
  readonly regulars: readonly string[];
}

/** Fills a data folder, with rate limits off. */
export async function buildWorld(dataDir: string, size: WorldSize): Promise<World> {
  await using server = await startServerProcess({ runtime: "bun", dataDir });
  using client = new TestClient(server.address);
  const people = (name: string, count: number) =>
    inTurns(count, AT_ONCE, (index) => register(client, `${name}${index}`));
  const honest = await people("honest", HONEST);
  const attackers = await people("mallory", ATTACKERS);
  const open = async (members: readonly Person[]): Promise<string> => {
    const [owner = nobody(), ...others] = members;
    const room = await makeRoom(client, owner, { public: true });
    for (const other of others) await join(client, room, other);
    return room.id;
  };
  const talk = await open(honest);
  const hall = await open([...attackers, ...honest]);
  await fill(client, { roomId: hall, senders: attackers, count: size.hall });
  const heaps: string[] = [];
  for (const [index, count] of size.heaps.entries()) {
    const owner = await signIn(client, (attackers[index] ?? nobody()).handle);
    const roomId = await open([owner]);
    heaps.push(roomId);
    await fill(client, { roomId, senders: [owner], count });
  }
  const regulars = await people("regular", size.regulars.length);
  for (const [index, count] of size.regulars.entries()) {
    await inTurns(count, AT_ONCE, () => makeRoom(client, regulars[index] ?? nobody(), { public: true }));
  }
  // The tokens from before may have expired meanwhile.
  const member = await signIn(client, (attackers[0] ?? nobody()).handle);
  const { room } = await client.unary(v1.RoomService.method.getRoom, { roomId: hall }, member);
  await server.stop("SIGTERM");
  const handles = (some: readonly Person[]) => some.map(({ handle }) => handle);
  return {
    ...{ size, talk, hall, heaps },
    hallRevision: Number(room?.revision),
    honest: handles(honest),
    attackers: handles(attackers),
    regulars: handles(regulars),
  };
}

interface Filling {
  readonly roomId: string;
  readonly senders: readonly Person[];
  readonly count: number;
}

async function fill(client: TestClient, { roomId, senders, count }: Filling): Promise<void> {
  const random = seededRandom(count);
  await inTurns(count, SENDS_AT_ONCE, (index) =>
    send(client, { room: { id: roomId }, from: senders[index % senders.length] ?? nobody() }, sentence()),
  );

  /** Two words are in every message; of the others some are frequent and most are rare. */
  function sentence(): string {
    const words = Array.from({ length: 15 }, () => Math.floor(random() ** 3 * 20_000).toString(36));
    return `the ${words.join(" ")} of`;
  }
}

/** Does something `count` times, at most `atOnce` of them at the same time. */
async function inTurns<Result>(
  count: number,
  atOnce: number,
  act: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) results[index] = await act(index);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

function nobody(): never {
  throw new Error("there is nobody of that number");
}
