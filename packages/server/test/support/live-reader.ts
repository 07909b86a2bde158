import type { MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import type { ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { type CallOptions, type Refusal, readRefusal, type TestClient } from "./client.ts";
import { HANG_MS } from "./wait.ts";

const { connect, subscribe } = v1.ChatService.method;

type Command = NonNullable<MessageInitShape<typeof v1.ConnectRequestSchema>["command"]>;

/** A client's copy of a room that it follows. */
export interface Replica {
  room: v1.Room;
  revision: bigint;
  /** By seq: those that the stream has brought, as they stand. */
  readonly messages: Map<bigint, v1.Message>;
  readonly members: Map<string, v1.Member>;
}

/** A client's copies of its rooms, built from the frames as the contract says. They outlive its streams. */
export class Replicas {
  readonly rooms = new Map<string, Replica>();
  /** Every message that came in an event, by room and seq, in the order of arrival. */
  readonly heard: { readonly roomId: string; readonly seq: bigint; readonly revision: bigint }[] = [];
  readonly gaps: v1.Gap[] = [];
  readonly signals: v1.Event[] = [];
  /** Violations of the contract by the server. */
  readonly problems: string[] = [];
  /** A room of which a removal was the last frame: if the client is not in it, only a gap may follow. */
  #removedFrom = "";

  cursors(): { roomId: string; revision: bigint }[] {
    return [...this.rooms].map(([roomId, { revision }]) => ({ roomId, revision }));
  }

  get(roomId: string): Replica {
    const replica = this.rooms.get(roomId);
    if (!replica) throw new Error(`nothing is known of the room ${roomId}`);
    return replica;
  }

  take({ frame }: v1.Frame): void {
    const removedFrom = this.#removedFrom;
    this.#removedFrom = "";
    if (removedFrom !== "" && !(frame.case === "gap" && frame.value.roomId === removedFrom)) {
      this.problems.push(`no gap of ${removedFrom} after a removal`);
    }
    switch (frame.case) {
      case "room": {
        const { value: room } = frame;
        const members = new Map(room.self ? [[room.self.userId, room.self]] : []);
        const messages = new Map(room.lastMessage ? [[room.lastMessage.seq, room.lastMessage]] : []);
        this.rooms.set(room.id, { room, revision: room.revision, messages, members });
        return;
      }
      case "gap":
        this.gaps.push(frame.value);
        if (frame.value.reason === v1.GapReason.ACCESS_CHANGED) this.rooms.delete(frame.value.roomId);
        return;
      case "event":
        if (frame.value.revision === 0n) this.signals.push(frame.value);
        else this.#change(frame.value);
        return;
      default:
    }
  }

  #change({ roomId, revision, change }: v1.Event): void {
    const replica = this.rooms.get(roomId);
    if (!replica && change.case === "member" && isOut(change.value)) {
      this.#removedFrom = roomId;
      return;
    }
    if (!replica) {
      this.problems.push(`revision ${revision} of ${roomId}, which the client is not in`);
      return;
    }
    if (revision <= replica.revision) {
      this.problems.push(`revision ${revision} of ${roomId} after ${replica.revision}`);
    }
    replica.revision = revision;
    switch (change.case) {
      case "message":
        this.heard.push({ roomId, seq: change.value.seq, revision });
        replica.messages.set(change.value.seq, change.value);
        return;
      case "reaction":
        react(replica, revision, change.value);
        return;
      case "member":
        replica.members.set(change.value.userId, change.value);
        return;
      case "room":
        replica.room = change.value;
        for (const seq of replica.messages.keys()) {
          if (seq < change.value.firstSeq) replica.messages.delete(seq);
        }
        return;
      default:
        this.problems.push(`revision ${revision} of ${roomId} tells of no change`);
    }
  }
}

function isOut({ state }: v1.Member): boolean {
  return state === v1.MemberState.LEFT || state === v1.MemberState.BANNED;
}

function react(
  { messages }: Replica,
  revision: bigint,
  { messageSeq, emoji, removed, userId }: v1.ReactionChange,
): void {
  const message = messages.get(messageSeq);
  // The history that was read meanwhile may be ahead of the stream.
  if (!message || message.revision >= revision) return;
  message.revision = revision;
  const known = message.reactions.find((reaction) => reaction.emoji === emoji);
  if (known && userId === "") known.count = 0;
  else if (known) known.count += removed ? -1 : 1;
  else message.reactions.push({ $typeName: "confab.v1.ReactionCount", emoji, count: 1, self: false });
  message.reactions = message.reactions.filter(({ count }) => count > 0);
}

export interface ReaderOptions {
  /** Copies from earlier streams: the new stream goes on from them. */
  readonly replicas?: Replicas;
  /** By Subscribe, which takes no commands. */
  readonly isSubscriber?: boolean;
}

/** One stream of frames, and what has come of it. */
export class LiveReader implements Disposable {
  readonly replicas: Replicas;
  readonly frames: v1.Frame[] = [];
  readonly results: v1.CommandResult[] = [];
  /** The number of responses that the frames came in. */
  responses = 0;
  ready: v1.Ready | null = null;
  drain: v1.Drain | null = null;
  heartbeats = 0;
  readonly #stream: ClientReadableStream<v1.ConnectResponse | v1.SubscribeResponse>;
  readonly #write: (request: MessageInitShape<typeof v1.ConnectRequestSchema>) => void;
  readonly #ended: Promise<Refusal | null>;
  #hasEnded = false;
  #onFrames = new Set<() => void>();

  constructor(
    client: TestClient,
    options: CallOptions,
    { replicas, isSubscriber = false }: ReaderOptions = {},
  ) {
    const hello = { rooms: replicas?.cursors() ?? [], clientName: "test" };
    this.replicas = replicas ?? new Replicas();
    if (isSubscriber) {
      this.#stream = client.serverStream(subscribe, { hello }, options);
      this.#write = () => {
        throw new Error("a subscriber sends no commands");
      };
    } else {
      const stream = client.bidi(connect, options);
      this.#stream = stream;
      this.#write = (request) => void stream.write(request);
      this.#write({ command: { case: "hello", value: hello } });
    }
    this.#stream.on("data", (response: v1.ConnectResponse | v1.SubscribeResponse) => this.#take(response));
    this.#ended = new Promise((resolve) => {
      this.#stream.once("error", (error: ServiceError) => resolve(readRefusal(error)));
      this.#stream.once("end", () => resolve(null));
    });
    void this.#ended.then(() => {
      this.#hasEnded = true;
      for (const callback of this.#onFrames) callback();
    });
    this.#stream.on("error", () => {});
  }

  /** Opens a stream and resolves once it is ready. */
  static async open(client: TestClient, options: CallOptions, more: ReaderOptions = {}): Promise<LiveReader> {
    const reader = new LiveReader(client, options, more);
    await reader.until(() => reader.ready !== null, "Ready");
    return reader;
  }

  /** Resolves with what ended the stream; null where nothing went wrong. */
  get ended(): Promise<Refusal | null> {
    return this.#ended;
  }

  command(commandId: string, command: Command): void {
    this.#write({ commandId, command });
  }

  send(commandId: string, message: MessageInitShape<typeof v1.SendMessageRequestSchema>): void {
    this.command(commandId, { case: "sendMessage", value: message });
  }

  /** Resolves with the answer to a command. */
  async result(commandId: string): Promise<v1.CommandResult> {
    const find = (): v1.CommandResult | undefined =>
      this.results.find((result) => result.commandId === commandId);
    await this.until(() => find() !== undefined, `the result of ${commandId}`);
    return find() as v1.CommandResult;
  }

  /** Resolves once something is so, looked at after each response. @throws Error after a minute, or when the stream ends */
  until(isSo: () => boolean, what = "what was waited for"): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (why: string): void => {
        const last = this.frames.at(-1)?.frame.case ?? "nothing";
        stop();
        reject(new Error(`${what} did not come: ${why}; ${this.frames.length} frames, at last ${last}`));
      };
      const timer = setTimeout(() => giveUp(`${HANG_MS} ms have passed`), HANG_MS);
      const look = (): void => {
        if (isSo()) {
          stop();
          resolve();
        } else if (this.#hasEnded) giveUp("the stream has ended");
      };
      const stop = (): void => {
        clearTimeout(timer);
        this.#onFrames.delete(look);
      };
      this.#onFrames.add(look);
      look();
    });
  }

  /** Takes nothing any more, until `resume`. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  [Symbol.dispose](): void {
    this.#stream.cancel();
  }

  #take({ frames }: { frames: v1.Frame[] }): void {
    this.responses++;
    for (const frame of frames) {
      this.frames.push(frame);
      this.replicas.take(frame);
      if (frame.frame.case === "ready") this.ready = frame.frame.value;
      if (frame.frame.case === "drain") this.drain = frame.frame.value;
      if (frame.frame.case === "result") this.results.push(frame.frame.value);
      if (frame.frame.case === "heartbeat") this.heartbeats++;
    }
    for (const callback of [...this.#onFrames]) callback();
  }
}
