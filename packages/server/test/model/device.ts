import { v1 } from "@confab/protocol";
import { TestClient } from "../support/client.ts";
import { LiveReader, type Replica, Replicas } from "../support/live-reader.ts";
import { HANG_MS } from "../support/wait.ts";
import type { RoomModel, Who } from "./room-model.ts";

const { listMessages } = v1.ChatService.method;
/** Small enough for a page of the largest messages to fit into one answer. */
const PAGE_SIZE = 50;

/** Somebody's access token, as the options of a call. */
export interface User {
  readonly id: string;
  readonly token: string;
}

/** A message or a reaction that has reached a device. */
interface Delivery {
  readonly roomId: string;
  readonly seq: number;
  readonly revision: number;
  /** The room's revision when the device was seen to have it. */
  readonly seenAtRevision: number;
}

export interface DeviceOptions {
  readonly address: string;
  readonly who: Who;
  readonly user: User;
  readonly isSubscriber: boolean;
  /** Of each room, what has been done in it. */
  readonly rooms: readonly RoomModel[];
}

/** One client of a user, on a connection of its own, which keeps a copy of the rooms as the contract says. */
export class Device implements Disposable {
  readonly who: Who;
  readonly deliveries: Delivery[] = [];
  /** Room frames, each with the revision that they stand at. */
  readonly snapshots: v1.Room[] = [];
  readonly #user: User;
  readonly #isSubscriber: boolean;
  readonly #rooms: readonly RoomModel[];
  readonly #client: TestClient;
  readonly #problems: string[] = [];
  readonly #left: Replicas[] = [];
  #replicas = new Replicas();
  #reader: LiveReader | null = null;
  #taken = 0;
  #isPaused = false;
  #commands = 0;
  readonly #filling = new Set<string>();

  constructor({ address, who, user, isSubscriber, rooms }: DeviceOptions) {
    this.who = who;
    this.#user = user;
    this.#isSubscriber = isSubscriber;
    this.#rooms = rooms;
    this.#client = new TestClient(address);
  }

  get name(): string {
    return `the ${this.#isSubscriber ? "subscriber" : "client"} of user ${this.who}`;
  }

  get problems(): readonly string[] {
    const kept = [...this.#left, this.#replicas].flatMap(({ problems }) => problems);
    return [...this.#problems, ...kept].map((problem) => `${this.name}: ${problem}`);
  }

  /** The newest frames, for reports. */
  get history(): string {
    const frames = this.#reader?.frames ?? [];
    const last = frames.slice(-6).map(({ frame }) => frame.case ?? "nothing");
    return `${frames.length} frames, at last ${last.join(", ")}`;
  }

  get isConnected(): boolean {
    return this.#reader !== null;
  }

  /** True while it reads what it is sent. */
  get reads(): boolean {
    return this.isConnected && !this.#isPaused;
  }

  get isReady(): boolean {
    return this.#reader?.ready != null;
  }

  /** True when commands sent now are answered soon. */
  get takesCommands(): boolean {
    return this.isReady && this.reads && !this.#isSubscriber;
  }

  replica(roomId: string): Replica | undefined {
    return this.#replicas.rooms.get(roomId);
  }

  /** The newest Room frame of a room. */
  snapshotOf(roomId: string): v1.Room | undefined {
    return this.snapshots.findLast(({ id }) => id === roomId);
  }

  /** Opens a stream that goes on from what is known; `isFresh` forgets that. Doesn't wait for it to be ready. */
  connect({ isFresh }: { isFresh: boolean }): void {
    this.disconnect();
    if (isFresh) {
      this.#left.push(this.#replicas);
      this.#replicas = new Replicas();
    }
    const reader = new LiveReader(this.#client, this.#user, {
      replicas: this.#replicas,
      isSubscriber: this.#isSubscriber,
    });
    this.#reader = reader;
    void reader.ended.then((refusal) => {
      if (this.#reader === reader) this.#problems.push(`the stream ended: ${refusal?.reason ?? "by itself"}`);
    });
  }

  disconnect(): void {
    this.#takeFrames();
    this.#reader?.[Symbol.dispose]();
    this.#reader = null;
    this.#taken = 0;
    this.#isPaused = false;
  }

  pause(): void {
    this.#isPaused = this.isConnected;
    this.#reader?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#reader?.resume();
  }

  async send(request: v1.SendMessageRequest): Promise<v1.CommandResult["result"]> {
    const commandId = `command ${this.#commands++}`;
    const reader = this.#reader;
    if (!reader) throw new Error("the device is not connected");
    reader.send(commandId, request);
    const { result } = await reader.result(commandId);
    return result;
  }

  /** Sends a message and goes away at once, not knowing what has become of it. */
  sendBlindly(request: v1.SendMessageRequest): void {
    this.#reader?.send("", request);
    this.disconnect();
  }

  /** Notes what has come, and fetches the history of rooms that have started again from a snapshot. */
  async catchUp(): Promise<void> {
    this.#takeFrames();
    if (!this.#reader || this.#isPaused) return;
    for (const roomId of [...this.#filling]) await this.#fill(roomId);
  }

  /** Resolves with true once something is so, or with false when it isn't for too long. */
  async becomes(isSo: () => boolean): Promise<boolean> {
    const deadlineMs = performance.now() + HANG_MS;
    while (!isSo()) {
      if (!this.reads || performance.now() > deadlineMs) return false;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return true;
  }

  [Symbol.dispose](): void {
    this.disconnect();
    this.#client[Symbol.dispose]();
  }

  #takeFrames(): void {
    const frames = this.#reader?.frames ?? [];
    for (const { frame } of frames.slice(this.#taken)) {
      if (frame.case === "room") {
        this.snapshots.push(frame.value);
        this.#filling.add(frame.value.id);
      }
      if (frame.case !== "event") continue;
      const { roomId, revision, change } = frame.value;
      const seq = seqOf(change);
      if (seq === null) continue;
      const known = this.#rooms.find(({ id }) => id === roomId)?.revision ?? 0;
      const seenAtRevision = Math.max(known, Number(revision));
      this.deliveries.push({ roomId, seq, revision: Number(revision), seenAtRevision });
    }
    this.#taken = frames.length;
  }

  /** Reads all of a room that may be read, and puts it where the stream has not brought anything newer. */
  async #fill(roomId: string): Promise<void> {
    for (;;) {
      const replica = this.#replicas.rooms.get(roomId);
      if (!replica) break;
      const page = await readAll(this.#client, this.#user, roomId).catch(() => null);
      // It may not be read now; when it may be again, the client asks again.
      if (!page) return;
      // While the history was read, the stream has started again or gone further.
      if (this.#replicas.rooms.get(roomId) !== replica || page.revision < replica.revision) continue;
      for (const message of page.messages) replica.messages.set(message.seq, message);
      break;
    }
    this.#filling.delete(roomId);
  }
}

function seqOf(change: v1.Event["change"]): number | null {
  if (change.case === "message") return Number(change.value.seq);
  return change.case === "reaction" ? Number(change.value.messageSeq) : null;
}

/** All messages of a room that someone may read, as they are at some moment after that revision. */
export async function readAll(
  client: TestClient,
  user: User,
  roomId: string,
): Promise<{ readonly messages: readonly v1.Message[]; readonly revision: bigint }> {
  const messages: v1.Message[] = [];
  let revision: bigint | null = null;
  for (let position: { beforeSeq?: bigint } = {}; ; ) {
    const page = await client.unary(listMessages, { roomId, ...position, pageSize: PAGE_SIZE }, user);
    messages.push(...page.messages);
    revision ??= page.roomRevision;
    position = { beforeSeq: page.messages.at(-1)?.seq ?? 0n };
    if (!page.hasMore) return { messages, revision };
  }
}
