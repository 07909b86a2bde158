/** The host application's own content of a message, with the name of its type. */
export class Payload {
  readonly bytes: Uint8Array;
  readonly type: string;

  constructor(bytes: Uint8Array, type: string) {
    this.bytes = bytes;
    this.type = type;
  }

  equals(other: Payload | null): boolean {
    return (
      this.type === other?.type &&
      this.bytes.length === other.bytes.length &&
      this.bytes.every((byte, index) => byte === other.bytes[index])
    );
  }

  /** `JSON.stringify` calls this. JSON has no bytes, so only `writeJson` can write a payload. */
  toJSON(): PayloadPlace {
    if (!beside) throw new TypeError("a payload can't be JSON: write it with writeJson");
    const start = beside.size;
    beside.size += this.bytes.length;
    beside.payloads.push(this);
    return { payloadType: this.type, start, end: beside.size };
  }
}

/** A payload's place among the bytes beside a JSON text. */
interface PayloadPlace {
  readonly payloadType: string;
  readonly start: number;
  readonly end: number;
}

/** Plain data as text, and the bytes of its payloads, one behind the other; null when it has none. */
export interface JsonWithBytes {
  readonly text: string;
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

/** The payloads that the running `writeJson` has met. */
let beside: { readonly payloads: Payload[]; size: number } | null = null;

/** Writes plain data as JSON. The bytes of payloads are copied into a buffer of their own; without payloads it costs no more. */
export function writeJson(value: unknown): JsonWithBytes {
  const met = { payloads: [] as Payload[], size: 0 };
  beside = met;
  try {
    const text = JSON.stringify(value);
    return { text, bytes: met.payloads.length === 0 ? null : join(met.payloads, met.size) };
  } finally {
    beside = null;
  }
}

function join(payloads: readonly Payload[], size: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(size);
  let start = 0;
  for (const { bytes } of payloads) {
    joined.set(bytes, start);
    start += bytes.length;
  }
  return joined;
}

/** Reads what `writeJson` wrote. */
export function readJson({ text, bytes }: JsonWithBytes): unknown {
  const value: unknown = JSON.parse(text);
  if (bytes) restorePayloads(value as Record<string, unknown>, bytes);
  return value;
}

function restorePayloads(parent: Record<string, unknown>, bytes: Uint8Array): void {
  for (const key in parent) {
    const value = parent[key];
    if (typeof value !== "object" || value === null) continue;
    if (isPlace(value)) parent[key] = new Payload(bytes.subarray(value.start, value.end), value.payloadType);
    else restorePayloads(value as Record<string, unknown>, bytes);
  }
}

/** A place has numbers; what users name freely, like labels, has only strings. */
function isPlace(value: object): value is PayloadPlace {
  return "payloadType" in value && "start" in value && typeof value.start === "number";
}
