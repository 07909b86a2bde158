import {
  CONNECTION_PREFACE,
  encodeFrame,
  encodeGrpcMessage,
  encodeRequestHeaders,
  encodeSettings,
  encodeWindowUpdate,
  frameFlag,
  frameType,
  setting,
} from "../../load/frames.ts";
import type { Step } from "../../load/steps.ts";

const STREAM_ID = 1;
const MAX_WINDOW_BYTES = 2 ** 31 - 1;
const INITIAL_WINDOW_BYTES = 65_535;

export interface GrpcCall {
  readonly path: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The first request, if there is one. */
  readonly request?: Buffer;
  /** True if no other request follows. */
  readonly isLast?: boolean;
  /** Bytes in the responses that show that the stream is open; if empty, the response headers do. */
  readonly wait?: Buffer;
  /** Keeps HTTP/2's small default windows. */
  readonly hasSmallWindows?: boolean;
}

/** The step that opens a new HTTP/2 connection with one gRPC call on it. */
export function openCall(call: GrpcCall): Step {
  const { path, metadata = {}, request, isLast = false, wait = Buffer.alloc(0), hasSmallWindows } = call;
  const headers = encodeFrame({
    type: frameType.headers,
    flags: frameFlag.endHeaders,
    streamId: STREAM_ID,
    payload: encodeRequestHeaders(path, metadata),
  });
  const windows = hasSmallWindows
    ? [encodeSettings([[setting.enablePush, 0]])]
    : [
        encodeSettings([
          [setting.enablePush, 0],
          [setting.initialWindowSize, MAX_WINDOW_BYTES],
        ]),
        encodeWindowUpdate(MAX_WINDOW_BYTES - INITIAL_WINDOW_BYTES),
      ];
  const data = request ? [encodeRequest(request, isLast)] : [];
  return {
    send: Buffer.concat([CONNECTION_PREFACE, ...windows, headers, ...data]),
    wait,
    countedBytes: request ? countedBytes(request) : 0,
  };
}

/** Encodes one request of the call as a DATA frame. */
export function encodeRequest(request: Buffer, isLast = false): Buffer {
  return encodeFrame({
    type: frameType.data,
    flags: isLast ? frameFlag.endStream : 0,
    streamId: STREAM_ID,
    payload: encodeGrpcMessage(request),
  });
}

/** The bytes of a request that count towards HTTP/2's windows. */
export function countedBytes(request: Buffer): number {
  return encodeGrpcMessage(request).length;
}
