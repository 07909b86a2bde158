import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Metadata } from "@grpc/grpc-js";
import { type Refusal, readRefusal } from "./client.ts";

type Headers = readonly (readonly [name: string, value: string])[];

export interface RawCallOptions {
  /** In this order, a name as often as it is to be sent. */
  readonly headers?: Headers;
  readonly contentType?: string;
  /** The address of this machine that the call comes from. */
  readonly from?: string;
}

/** The status of a call over bare HTTP/2. Its code is UNKNOWN if the answer has none. */
export interface RawAnswer extends Refusal {
  readonly httpStatus: number;
}

/** Makes a unary call over an HTTP/2 connection of its own, with what no gRPC library lets one choose. */
export function rawCall<I extends DescMessage, O extends DescMessage>(
  address: string,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  { headers = [], contentType = "application/grpc", from = "127.0.0.1" }: RawCallOptions = {},
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
      ...["content-type", contentType, "te", "trailers"],
      ...headers.flat(),
    ]);
    let received: IncomingHttpHeaders = {};
    stream.on("response", (head) => {
      received = head;
    });
    stream.on("trailers", (trailers) => {
      received = { ...received, ...trailers };
    });
    stream.on("error", reject);
    stream.on("close", () => resolve(toAnswer(received)));
    stream.resume();
    stream.end(frame(toBinary(method.input, create(method.input, request))));
  });
  return ended.finally(() => session.close());
}

function toAnswer(received: IncomingHttpHeaders): RawAnswer {
  const refusal = readRefusal({
    name: "",
    message: "",
    code: Number(received["grpc-status"] ?? 2),
    details: decodeURIComponent(String(received["grpc-message"] ?? "")),
    metadata: Metadata.fromHttp2Headers(received),
  });
  return { ...refusal, httpStatus: Number(received[":status"]) };
}

/** A message as gRPC puts it on the wire: uncompressed, with its length. */
export function frame(message: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}
