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
  /** The first request; none when it is left out. */
  readonly request?: Buffer;
  /** Whether there is no other request. */
  readonly isLast?: boolean;
  /** What the responses have when the stream is open; empty for the response's headers. */
  readonly wait?: Buffer;
  /** Leaves the windows as small as HTTP/2 has them at first. */
  readonly hasSmallWindows?: boolean;
}

/** A new HTTP/2 connection with one gRPC call on it. */
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

/** One request of the call in a DATA frame. */
export function encodeRequest(request: Buffer, isLast = false): Buffer {
  return encodeFrame({
    type: frameType.data,
    flags: isLast ? frameFlag.endStream : 0,
    streamId: STREAM_ID,
    payload: encodeGrpcMessage(request),
  });
}

/** How much of a request HTTP/2's windows count. */
export function countedBytes(request: Buffer): number {
  return encodeGrpcMessage(request).length;
}
