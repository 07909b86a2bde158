import { BinaryReader } from "@bufbuild/protobuf/wire";
import { v1 } from "@confab/protocol";
import { GRPC_PREFIX_BYTES } from "./frames.ts";

const frames = v1.ConnectResponseSchema.field.frames.number;
const { ready, result } = v1.FrameSchema.field;
const { error } = v1.CommandResultSchema.field;

/** The frames of a live stream that a load cares about. */
export interface OnFrames {
  ready(): void;
  /** A command was answered. */
  answer(isOk: boolean): void;
}

/** Reads only which frames a ConnectResponse has. Decoding all of it would cost several times as much. */
export function readResponseFrames(response: Uint8Array, on: OnFrames): void {
  const reader = new BinaryReader(response);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field !== frames) {
      reader.skip(wireType);
      continue;
    }
    const end = reader.uint32() + reader.pos;
    const [kind] = reader.tag();
    if (kind === ready.number) on.ready();
    if (kind === result.number) on.answer(!hasError(reader));
    reader.pos = end;
  }
}

function hasError(reader: BinaryReader): boolean {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (field === error.number) return true;
    reader.skip(wireType);
  }
  return false;
}

/** Assembles gRPC messages from DATA frames. */
export class MessageReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #neededBytes = GRPC_PREFIX_BYTES;

  /** Takes the next bytes and returns the messages that are now complete. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#neededBytes) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const messages: Buffer[] = [];
    let offset = 0;
    this.#neededBytes = GRPC_PREFIX_BYTES;
    while (bytes.length - offset >= GRPC_PREFIX_BYTES) {
      const start = offset + GRPC_PREFIX_BYTES;
      const end = start + bytes.readUInt32BE(offset + 1);
      if (bytes.length < end) {
        this.#neededBytes = end - offset;
        break;
      }
      messages.push(bytes.subarray(start, end));
      offset = end;
    }
    const rest = bytes.subarray(offset);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    return messages;
  }
}
