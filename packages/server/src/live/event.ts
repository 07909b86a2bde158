import type { RoomChange, Signal } from "../domain/changes.ts";

/** Turns something into the bytes of one response of one contract. */
type Encode<Value> = (value: Value) => Buffer;

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
  /** The oldest message that they are about; infinite where they are about none. */
  readonly firstSeq: number;
  /** None of them changes what anyone may see. */
  readonly changesNoSight: boolean;
  readonly #encoded = new Map<Encode<RoomChange>, Buffer>();

  constructor(events: readonly LiveChange[]) {
    this.events = events;
    this.firstRevision = events[0]?.value.revision ?? 0;
    this.lastRevision = events.at(-1)?.value.revision ?? 0;
    this.firstSeq = Math.min(...events.map(({ value }) => seqOf(value)));
    this.changesNoSight = this.events.every(
      ({ value: { change } }) => change.kind === "message" || change.kind === "reaction",
    );
  }

  /** The responses of all of them, end to end: for contracts in which that is one response. */
  encoded(encode: Encode<RoomChange>): Buffer {
    const known = this.#encoded.get(encode);
    if (known) return known;
    const each = this.events.map((event) => event.encoded(encode));
    const [first] = each;
    const bytes = first && each.length === 1 ? first : Buffer.concat(each);
    this.#encoded.set(encode, bytes);
    return bytes;
  }
}

function seqOf({ change }: RoomChange): number {
  switch (change.kind) {
    case "message":
      return change.message.seq;
    case "reaction":
      return change.seq;
    case "member":
    case "room":
      return Number.POSITIVE_INFINITY;
    default:
      return change satisfies never;
  }
}
