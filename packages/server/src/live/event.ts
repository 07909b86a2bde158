import type { RoomChange, Signal } from "../domain/changes.ts";
import type { Joiner } from "./responses.ts";

/** Turns something into one response of one contract. */
type Encode<Value> = (value: Value) => Buffer;

/** How one contract tells of changes: one response each, and how several are written at once. */
export interface ChangeEncoding {
  readonly change: Encode<RoomChange>;
  readonly joiner: Joiner;
}

/** Something on its way to many listeners: encoded once for each contract, however many listen. */
class Live<Value> {
  readonly value: Value;
  readonly #encoded = new Map<Encode<Value>, Buffer>();

  constructor(value: Value) {
    this.value = value;
  }

  encoded(encode: Encode<Value>): Buffer {
    const known = this.#encoded.get(encode);
    if (known) return known;
    const bytes = encode(this.value);
    this.#encoded.set(encode, bytes);
    return bytes;
  }
}

export class LiveChange extends Live<RoomChange> {}

export class LiveSignal extends Live<Signal> {}

/**
 * Changes of one room that have come together, without a hole between them. Who may see all of them is handed them as
 * one piece, which is put together once for all.
 */
export class LiveBatch {
  readonly events: readonly LiveChange[];
  readonly firstRevision: number;
  readonly lastRevision: number;
  /** The oldest and the newest message that they are about. Where they are about none, infinite, and 0. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** None of them changes what anyone may see. */
  readonly changesNoSight: boolean;
  /** Each is a message, none deleted, each newer than the one before. */
  readonly isAllMessages: boolean;
  readonly #encoded = new Map<ChangeEncoding, Buffer>();
  /** What `#encoded` was asked for last: nearly always it is the same for all listeners. */
  #last: ChangeEncoding | null = null;
  #lastBytes: Buffer | null = null;

  constructor(events: readonly LiveChange[]) {
    this.events = events;
    this.firstRevision = events[0]?.value.revision ?? 0;
    this.lastRevision = events.at(-1)?.value.revision ?? 0;
    let firstSeq = Number.POSITIVE_INFINITY;
    let lastSeq = 0;
    let changesNoSight = true;
    let isAllMessages = true;
    for (const { value } of events) {
      const { change } = value;
      const seq = seqOf(value);
      const isMessage = change.kind === "message" && !change.message.deleted && change.message.seq > lastSeq;
      if (!isMessage) isAllMessages = false;
      if (seq === null) {
        changesNoSight = false;
        continue;
      }
      firstSeq = Math.min(firstSeq, seq);
      lastSeq = Math.max(lastSeq, seq);
    }
    this.firstSeq = firstSeq;
    this.lastSeq = lastSeq;
    this.changesNoSight = changesNoSight;
    this.isAllMessages = isAllMessages;
  }

  /** The responses of all of them, put together. */
  encoded(encoding: ChangeEncoding): Buffer {
    if (this.#last === encoding && this.#lastBytes) return this.#lastBytes;
    const bytes = this.#encoded.get(encoding) ?? this.#encode(encoding);
    this.#encoded.set(encoding, bytes);
    this.#last = encoding;
    this.#lastBytes = bytes;
    return bytes;
  }

  #encode({ change, joiner }: ChangeEncoding): Buffer {
    return joiner.joinAll(this.events.map((event) => event.encoded(change)));
  }
}

/** The message that a change is about. */
function seqOf({ change }: RoomChange): number | null {
  switch (change.kind) {
    case "message":
      return change.message.seq;
    case "reaction":
      return change.seq;
    case "member":
    case "room":
      return null;
    default:
      return change satisfies never;
  }
}
