import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";

export interface RawCallOptions {
  /** In this order, a name as often as it is to be sent. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The address of this machine that the call comes from. */
  readonly from?: string;
}

/** How a call over bare HTTP/2 ended. */
export interface RawAnswer {
  readonly code: number;
  readonly message: string;
}

/** Makes a unary call over an HTTP/2 connection of its own, with what no gRPC library lets one choose. */
export function rawCall<I extends DescMessage, O extends DescMessage>(
  address: string,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  { headers = [], from = "127.0.0.1" }: RawCallOptions = {},
): Promise<RawAnswer> {
  const [host = "", port = ""] = address.split(":");
  const options = {
    createConnection: () => connect({ host, port: Number(port), localAddress: from }),
    // Otherwise Node refuses to send a header twice.
    strictSingleValueFields: false,
  };
  const session = connectHttp2(`http://${address}`, options);
  const ended = new Promise<RawAnswer>((resolve, reject) => {
    session.once("error", reject);
    const stream = session.request([
      ...[":method", "POST", ":scheme", "http", ":authority", address],
      ...[":path", `/${method.parent.typeName}/${method.name}`],
      ...["content-type", "application/grpc", "te", "trailers"],
      ...headers.flat(),
    ]);
    const finish = (received: Record<string, unknown>): void => {
      if (received["grpc-status"] === undefined) return;
      const message = decodeURIComponent(String(received["grpc-message"] ?? ""));
      resolve({ code: Number(received["grpc-status"]), message });
    };
    stream.on("response", finish);
    stream.on("trailers", finish);
    stream.on("error", reject);
    stream.resume();
    stream.end(frame(toBinary(method.input, create(method.input, request))));
  });
  return ended.finally(() => session.close());
}

/** A message as gRPC puts it on the wire: uncompressed, with its length. */
function frame(message: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}
