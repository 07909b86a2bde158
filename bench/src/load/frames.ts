/**
 * The few parts of HTTP/2 (RFC 9113) and HPACK (RFC 7541) that a load generator needs. A call costs it a few
 * microseconds, so the server is what is measured.
 */
export const FRAME_HEADER_BYTES = 9;
export const CONNECTION_PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export const frameType = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const;

export const frameFlag = { ack: 0x1, endStream: 0x1, endHeaders: 0x4 } as const;

export const setting = { enablePush: 2, initialWindowSize: 4 } as const;

/** Offset of the stream's number in a frame header. */
export const STREAM_ID_OFFSET = 5;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

export function encodeFrame({ type, flags, streamId, payload }: Frame): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(streamId, STREAM_ID_OFFSET);
  return Buffer.concat([header, payload]);
}

export function encodeSettings(values: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(values.length * 6);
  for (const [index, [id, value]] of values.entries()) {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return encodeFrame({ type: frameType.settings, flags: 0, streamId: 0, payload });
}

export function readSettings(payload: Buffer): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (let offset = 0; offset + 6 <= payload.length; offset += 6) {
    values.set(payload.readUInt16BE(offset), payload.readUInt32BE(offset + 2));
  }
  return values;
}

/** Lets the server send this many more bytes, on the connection or on one stream. */
export function encodeWindowUpdate(bytes: number, streamId = 0): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return encodeFrame({ type: frameType.windowUpdate, flags: 0, streamId, payload });
}

/** Encodes the HEADERS frame that starts a gRPC call. */
export function encodeRequestHeaders(path: string, metadata: Readonly<Record<string, string>>): Buffer {
  return encodeHeaders([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    [":authority", "localhost"],
    ["te", "trailers"],
    ["content-type", "application/grpc"],
    ["user-agent", "confab-bench"],
    ...Object.entries(metadata),
  ]);
}

/** Encodes a header block of literals only, so neither side has to keep state. */
function encodeHeaders(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  const literalWithoutIndexing = Buffer.from([0]);
  return Buffer.concat(
    headers.flatMap(([name, value]) => [literalWithoutIndexing, hpackString(name), hpackString(value)]),
  );
}

/** Encodes a string without Huffman coding. Its length is an integer with a 7-bit prefix. */
function hpackString(text: string): Buffer {
  const bytes = Buffer.from(text);
  const prefixMax = 127;
  if (bytes.length < prefixMax) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [prefixMax];
  let rest = bytes.length - prefixMax;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  length.push(rest);
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** A compression flag and the message's length. */
export const GRPC_PREFIX_BYTES = 5;

/** Encodes one message as gRPC puts it into DATA frames: uncompressed, with its length first. */
export function encodeGrpcMessage(message: Buffer): Buffer {
  const prefix = Buffer.alloc(GRPC_PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
