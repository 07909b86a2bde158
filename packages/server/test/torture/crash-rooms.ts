import { rmSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { TestClient } from "../support/client.ts";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { type Person, register, signIn } from "../support/people.ts";
import { join, openRoom, readHistory } from "../support/room-acts.ts";
import type { Runtime } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import type { Random } from "./random.ts";

const SENDERS = 4;
const READERS = 5;
const SENDS_PER_TICK = 10;
/** Bounds a life on a slow machine: a reader that misses more than 10,000 changes gets a gap, as it should. */
const MAX_SENDS_PER_LIFE = 500;
const TICK_MS = 20;
const MIN_LIFE_MS = 200;
const MAX_LIFE_MS = 1_000;

export interface RoomCrashReport {
  readonly sent: number;
  /** Sends that were made again after a crash, and had been stored before it. */
  readonly recognised: number;
  readonly stored: number;
  readonly problems: readonly string[];
}

export interface RoomCrashOptions {
  readonly runtime: Runtime;
  readonly rounds: number;
  readonly random: Random;
}

/** A client's sends, under ids of its own, and which of them are unanswered. */
class Sender {
  readonly acknowledged = new Map<string, bigint>();
  readonly #name: string;
  readonly #unanswered = new Map<string, string>();
  sent = 0;
  recognised = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get isAnswered(): boolean {
    return this.#unanswered.size === 0;
  }

  /** Sends on a stream until it ends: first, again, what no stream before it has had answered. */
  async speak(stream: LiveReader, roomId: string, isOver: () => boolean): Promise<void> {
    for (const id of this.#unanswered.keys()) this.#send(stream, roomId, id);
    const last = this.sent + MAX_SENDS_PER_LIFE;
    while (!isOver()) {
      for (let count = 0; count < SENDS_PER_TICK && this.sent < last; count++) {
        const id = `${this.#name}-${this.sent++}`;
        this.#unanswered.set(id, id);
        this.#send(stream, roomId, id);
      }
      await after(TICK_MS);
      this.hear(stream);
    }
  }

  hear(stream: LiveReader): void {
    for (const { commandId, result } of stream.results.splice(0)) {
      if (result.case !== "sendMessage") throw new Error(`${commandId} was refused`);
      this.#unanswered.delete(commandId);
      this.acknowledged.set(commandId, result.value.message?.seq ?? 0n);
      if (result.value.duplicate) this.recognised++;
    }
  }

  #send(stream: LiveReader, roomId: string, id: string): void {
    stream.send(id, { roomId, clientMessageId: id, text: id });
  }
}

/**
 * Kills the server again and again under clients of the live stream that go on where they were: in the end each send
 * is stored once, wherever the crash came, and each reader has had each message once and in order.
 */
export async function crashUnderStreams({
  runtime,
  rounds,
  random,
}: RoomCrashOptions): Promise<RoomCrashReport> {
  const dataDir = temporaryFolder();
  const senders = Array.from({ length: SENDERS }, (_, index) => new Sender(`s${index}`));
  const readers = Array.from({ length: READERS }, () => new Replicas());
  let roomId = "";
  try {
    for (let round = 1; round <= rounds; round++) {
      const isLast = round === rounds;
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      if (round === 1) roomId = await open(client, readers);
      const ada = await signIn(client, "ada");
      let isOver = false;
      const streams = await Promise.all(senders.map(() => LiveReader.open(client, ada)));
      const speaking = senders.map((sender, index) =>
        sender.speak(streams[index] as LiveReader, roomId, () => isOver),
      );
      const listening = readers.map((replicas) => LiveReader.open(client, ada, { replicas }));
      await Promise.all(listening);
      await after(MIN_LIFE_MS + random() * (MAX_LIFE_MS - MIN_LIFE_MS));
      if (!isLast) await server.stop("SIGKILL");
      isOver = true;
      await Promise.all(speaking);
      for (const [index, sender] of senders.entries()) {
        const stream = streams[index] as LiveReader;
        sender.hear(stream);
        while (isLast && !sender.isAnswered) {
          await after(TICK_MS);
          sender.hear(stream);
        }
      }
      if (isLast) return await report({ client, ada, roomId, senders, readers });
    }
    throw new Error("at least one round is needed");
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function open(client: TestClient, readers: readonly Replicas[]): Promise<string> {
  const ada = await register(client, "ada");
  const roomId = await openRoom(client, ada);
  await join(client, await register(client, "grace"), roomId);
  for (const replicas of readers) {
    using _first = await LiveReader.open(client, ada, { replicas });
  }
  return roomId;
}

interface Ended {
  readonly client: TestClient;
  readonly ada: Person;
  readonly roomId: string;
  readonly senders: readonly Sender[];
  readonly readers: readonly Replicas[];
}

async function report({ client, ada, roomId, senders, readers }: Ended): Promise<RoomCrashReport> {
  const problems: string[] = [];
  const stored = await readHistory(client, ada, roomId);
  const acknowledged = new Map(senders.flatMap((sender) => [...sender.acknowledged]));
  const sent = senders.reduce((sum, sender) => sum + sender.sent, 0);
  if (acknowledged.size !== sent) problems.push(`${sent} sent, ${acknowledged.size} acknowledged`);
  if (stored.size !== sent) problems.push(`${sent} sent, ${stored.size} stored`);
  for (const [id, seq] of acknowledged) {
    const message = stored.get(seq);
    if (message?.clientMessageId !== id)
      problems.push(`${id} was acknowledged as ${seq}, where ${message?.text} is`);
  }
  for (const [index, replicas] of readers.entries()) {
    using _last = await LiveReader.open(client, ada, { replicas });
    problems.push(...replicas.problems);
    const seqs = replicas.heard.map(({ seq }) => seq);
    const isWhole = seqs.length === stored.size && seqs.every((seq, at) => seq === BigInt(at + 1));
    if (!isWhole) problems.push(`reader ${index} heard ${seqs.length} of ${stored.size}, or not in order`);
  }
  const recognised = senders.reduce((sum, sender) => sum + sender.recognised, 0);
  return { sent, recognised, stored: stored.size, problems };
}
