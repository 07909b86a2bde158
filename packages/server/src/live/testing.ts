import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { RoomId } from "../domain/ids.ts";
import type { Actor } from "../store/port/outcomes.ts";
import { Feed } from "./feed.ts";
import type { FrameEncoding } from "./frames.ts";
import { Joiner, mergeResponses, PREFIX_BYTES, toResponse } from "./responses.ts";

const MAX_WAIT_MS = 20_000;

/** Each frame as a line, and how many changes have been encoded. */
export function lines(): FrameEncoding & { readonly changes: () => number } {
  let changes = 0;
  const line = (text: string): Buffer => toResponse(Buffer.from(`${text}\n`));
  return {
    joiner: new Joiner(mergeResponses),
    change({ roomId, revision, change }) {
      changes++;
      return line(`${roomId} ${revision} ${change.kind === "message" ? change.message.text : ""}`);
    },
    signal: ({ kind }) => line(`~ ${kind}`),
    snapshot: ({ room }) => line(`= ${room.id} ${room.revision}`),
    gap: ({ roomId, reason }) => line(`! ${roomId} ${reason}`),
    ready: (outcome) => line(`ready ${outcome}`),
    changes: () => changes,
  };
}

/** The messages of what is written. */
export function messagesOf(responses: Buffer): readonly string[] {
  const messages: string[] = [];
  for (let start = 0; start < responses.length; ) {
    const end = start + PREFIX_BYTES + responses.readUInt32BE(start + 1);
    messages.push(responses.toString("utf8", start + PREFIX_BYTES, end));
    start = end;
  }
  return messages;
}

/** A client of a feed. Its socket takes each write at once, or only when `read` is called. */
export class Reader {
  readonly feed: Feed;
  received = "";
  readonly #ended: Promise<void>;
  readonly #controller = new AbortController();
  #takesAll: boolean;
  #done: (() => void) | null = null;

  constructor(
    sources: ConstructorParameters<typeof Feed>[0],
    {
      actor,
      encoding,
      takesAll = true,
      cursors = [],
    }: {
      actor: Actor;
      encoding: FrameEncoding;
      takesAll?: boolean;
      cursors?: { roomId: RoomId; revision: number }[];
    },
  ) {
    this.#takesAll = takesAll;
    const write = (bytes: Buffer, done: () => void): void => {
      assert.equal(this.#done, null, "one write is in flight at most");
      assert.ok(!this.#controller.signal.aborted, "nothing is written once the stream has ended");
      for (const message of messagesOf(bytes)) this.received += message;
      this.#done = done;
      if (this.#takesAll) setImmediate(() => this.#take());
    };
    const { signal } = this.#controller;
    const onStalled = (): void => this.#controller.abort(new Error("stalled"));
    const feed = new Feed(sources, {
      reader: { actor: () => actor, seesPresence: () => true },
      encoding,
      writer: { write },
      onStalled,
      signal,
    });
    this.feed = feed;
    this.#ended = feed
      .run(cursors)
      .catch((error: unknown) => {
        if (error !== signal.reason) throw error;
      })
      .finally(() => feed[Symbol.dispose]());
  }

  get lines(): readonly string[] {
    return this.received.split("\n").slice(0, -1);
  }

  get isReady(): boolean {
    return this.lines.some((line) => line.startsWith("ready"));
  }

  /** The revisions of the room's changes, as they came. */
  get revisions(): readonly number[] {
    return this.lines.filter((line) => line.startsWith("room")).map((line) => Number(line.split(" ")[1]));
  }

  read(): void {
    this.#takesAll = true;
    this.#take();
  }

  stopReading(): void {
    this.#takesAll = false;
  }

  async end(): Promise<void> {
    this.#controller.abort(new Error("the client has gone"));
    await this.#ended;
  }

  #take(): void {
    const done = this.#done;
    this.#done = null;
    done?.();
  }
}

/** @throws Error when it takes too long to be so */
export async function until(isSo: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + MAX_WAIT_MS;
  while (!isSo()) {
    if (performance.now() > giveUpAtMs) throw new Error("it did not come to that");
    await sleep(1);
  }
}
