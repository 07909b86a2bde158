import type { RoomChange, Signal } from "../domain/live/changes.ts";
import type { Joiner } from "./responses.ts";

/** Encodes a value as one response of one contract. */
type Encode<Value> = (value: Value) => Buffer;

/** Encodes changes for one contract: each as a response, and several as one write. */
export interface ChangeEncoding {
  readonly change: Encode<RoomChange>;
  readonly joiner: Joiner;
}

/** A change or signal on its way to many listeners, encoded once for each contract. */
export class Live<Value> {
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

export type LiveChange = Live<RoomChange>;

export type LiveSignal = Live<Signal>;

/**
 * Consecutive changes of one room that arrived together. Readers who may see all of them get them as one piece of bytes,
 * which is put together once.
 */
export class LiveBatch {
  readonly events: readonly LiveChange[];
  readonly firstRevision: number;
  readonly lastRevision: number;
  /** The oldest and the newest message that the changes are about; infinite and 0 where there is none. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** One of the changes may affect what somebody may see. */
  readonly changesVisibility: boolean;
  /** Each change is a message that is not deleted and newer than the one before. */
  readonly isAllMessages: boolean;
  readonly #encoded = new Map<ChangeEncoding, Buffer>();
  /** The last result of `encoded`: nearly all listeners ask with the same encoding. */
  #last: ChangeEncoding | null = null;
  #lastBytes: Buffer | null = null;

  constructor(events: readonly LiveChange[]) {
    this.events = events;
    this.firstRevision = events[0]?.value.revision ?? 0;
    this.lastRevision = events.at(-1)?.value.revision ?? 0;
    let firstSeq = Number.POSITIVE_INFINITY;
    let lastSeq = 0;
    let changesVisibility = false;
    let isAllMessages = true;
    for (const { value } of events) {
      const { change } = value;
      const seq = seqOf(value);
      const isMessage = change.kind === "message" && !change.message.deleted && change.message.seq > lastSeq;
      if (!isMessage) isAllMessages = false;
      if (seq === null) {
        changesVisibility = true;
        continue;
      }
      firstSeq = Math.min(firstSeq, seq);
      lastSeq = Math.max(lastSeq, seq);
    }
    this.firstSeq = firstSeq;
    this.lastSeq = lastSeq;
    this.changesVisibility = changesVisibility;
    this.isAllMessages = isAllMessages;
  }

  /** Returns the responses of all changes, put together for one write. */
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

/** Returns the message that a change is about. */
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
