import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { RoomChange } from "../domain/live/changes.ts";
import type { FrameEncoding } from "./frames.ts";
import { Outbox, type ResponseWriter } from "./outbox.ts";
import { Joiner, mergeResponses, PREFIX_BYTES, toResponse } from "./responses.ts";
import type { WriteTimeouts } from "./write-timeouts.ts";

/** Far longer than anything takes on a slow and busy machine: only a hang reaches it. */
const HANG_MS = 60_000;

/** Encodes each frame as a line, and counts the changes that it has encoded. */
export function lines(): FrameEncoding & { readonly encoded: () => number } {
  let changes = 0;
  const lineOf = ({ roomId, revision, change }: RoomChange): string => {
    changes++;
    return `${roomId} ${revision} ${change.kind === "message" ? change.message.content.text : ""}`;
  };
  const line = (text: string): Buffer => toResponse(Buffer.from(`${text}\n`));
  return {
    joiner: new Joiner(mergeResponses),
    change: (change) => line(lineOf(change)),
    changes: (list) => line(list.map(lineOf).join("\n")),
    signal: ({ kind }) => line(`~ ${kind}`),
    snapshot: ({ room }) => line(`= ${room.id} ${room.revision}`),
    gap: ({ roomId, reason }) => line(`! ${roomId} ${reason}`),
    removal: ({ roomId, member }) => line(`- ${roomId} ${member.state} ${member.removedFor}`),
    ready: (outcome) => line(`ready ${outcome}`),
    encoded: () => changes,
  };
}

/** Splits written responses into their messages. */
export function messagesOf(responses: Buffer): readonly string[] {
  const messages: string[] = [];
  for (let start = 0; start < responses.length; ) {
    const end = start + PREFIX_BYTES + responses.readUInt32BE(start + 1);
    messages.push(responses.toString("utf8", start + PREFIX_BYTES, end));
    start = end;
  }
  return messages;
}

/** A socket that takes each write at once, or only when `take` or `takeAll` is called. */
export class Socket implements ResponseWriter {
  readonly #onWrite: (responses: Buffer) => void;
  #takesAll: boolean;
  #done: (() => void) | null = null;

  constructor(onWrite: (responses: Buffer) => void, { takesAll = true } = {}) {
    this.#onWrite = onWrite;
    this.#takesAll = takesAll;
  }

  write(responses: Buffer, done: () => void): void {
    assert.equal(this.#done, null, "one write is in flight at most");
    this.#onWrite(responses);
    this.#done = done;
    if (this.#takesAll) setImmediate(() => this.take());
  }

  /** Takes the write in flight. */
  take(): void {
    const done = this.#done;
    this.#done = null;
    done?.();
  }

  takeAll(): void {
    this.#takesAll = true;
    this.take();
  }

  stop(): void {
    this.#takesAll = false;
  }
}

interface ReaderOptions {
  readonly writeTimeouts: WriteTimeouts;
  readonly joiner: Joiner;
  /** The socket takes each write at once. */
  readonly takesAll?: boolean;
}

/** A client of a feed. */
export class Reader {
  readonly messages: string[] = [];
  readonly outbox: Outbox;
  readonly #socket: Socket;
  readonly #ended: Promise<void>;
  readonly #controller = new AbortController();

  /** @param run runs the feed until the signal ends it */
  constructor(
    { writeTimeouts, joiner, takesAll = true }: ReaderOptions,
    run: (stream: { readonly outbox: Outbox; readonly signal: AbortSignal }) => Promise<never>,
  ) {
    const { signal } = this.#controller;
    const onWrite = (responses: Buffer): void => {
      assert.ok(!signal.aborted, "nothing is written once the stream has ended");
      this.messages.push(...messagesOf(responses));
    };
    this.#socket = new Socket(onWrite, { takesAll });
    const onWriteTimeout = (): void => this.#controller.abort(new Error("stalled"));
    this.outbox = new Outbox({ writer: this.#socket, joiner, writeTimeouts, onWriteTimeout });
    this.#ended = run({ outbox: this.outbox, signal })
      .catch((error: unknown) => {
        if (error !== signal.reason) throw error;
      })
      .finally(() => this.outbox[Symbol.dispose]());
  }

  get lines(): readonly string[] {
    return this.messages.join("").split("\n").slice(0, -1);
  }

  get isReady(): boolean {
    return this.lines.some((line) => line.startsWith("ready"));
  }

  /** The revisions of the room's changes, in the order in which they came. */
  get revisions(): readonly number[] {
    return this.lines.filter((line) => line.startsWith("room")).map((line) => Number(line.split(" ")[1]));
  }

  get hasEnded(): boolean {
    return this.#controller.signal.aborted;
  }

  read(): void {
    this.#socket.takeAll();
  }

  stopReading(): void {
    this.#socket.stop();
  }

  async end(): Promise<void> {
    this.#controller.abort(new Error("the client has gone"));
    await this.#ended;
    this.#socket.take();
  }
}

/** Waits until the condition is true. @throws Error when it isn't within a minute */
export async function until(isSo: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + HANG_MS;
  while (!isSo()) {
    if (performance.now() > giveUpAtMs) throw new Error("it did not come to that");
    await sleep(1);
  }
}
