import type {
  Metadata,
  Server,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import { type Binding, type BoundMethod, decodeFirst, methodsOf } from "../binding.ts";
import { decode, encode, MAX_REQUEST_BYTES } from "../codec.ts";
import { type CallEnvironment, failure } from "../environment.ts";
import type { StreamContext } from "../handler.ts";
import { countBytes, serveStream } from "../served-stream.ts";
import { runUnary } from "../unary.ts";
import { Requests } from "./requests.ts";
import { toGrpcStatus } from "./status.ts";
import { GrpcSink } from "./stream-sink.ts";

/**
 * Registers a service's methods on the gRPC server. Requests and responses pass grpc-js as bytes and are decoded and
 * encoded here, so that a malformed request is refused like any other wrong one.
 *
 * @throws Error when a method has no rule, so that the server does not start
 */
export function bind(server: Server, binding: Binding, environment: CallEnvironment): void {
  for (const bound of methodsOf(binding)) bindMethod(server, bound, environment);
}

const keepBytes = (bytes: Buffer): Buffer => bytes;

function bindMethod(server: Server, bound: BoundMethod, environment: CallEnvironment): void {
  const { path, method, handler, first } = bound;
  // `binding` has checked that each handler fits its method and its rule.
  switch (method.methodKind) {
    case "unary": {
      const serve = async (call: UnaryCall): Promise<Buffer> => {
        const read = (): object => decode(method.input, call.request, first.maxBytes);
        return encode(method.output, await runUnary(call, bound, environment, read));
      };
      const handle = (call: UnaryCall, answer: sendUnaryData<Buffer>): void => {
        answerUnary(() => serve(call), answer, { path, environment });
      };
      server.register(path, handle, keepBytes, keepBytes, "unary");
      return;
    }
    case "server_streaming": {
      const run = handler as (stream: StreamContext, request: unknown) => Promise<void>;
      const handle = (call: ServerWritableStream<Buffer, Buffer>): void => {
        serveStream(call, new GrpcSink(call), { bound, environment }, async (stream) => {
          await countBytes(stream, call.request.length);
          await run(stream, decodeFirst(bound, call.request));
        });
      };
      server.register(path, handle, keepBytes, keepBytes, "serverStream");
      return;
    }
    case "bidi_streaming": {
      const run = handler as (stream: StreamContext, requests: AsyncIterable<unknown>) => Promise<void>;
      const handle = (call: ServerDuplexStream<Buffer, Buffer>): void => {
        serveStream(call, new GrpcSink(call), { bound, environment }, (stream) =>
          run(stream, readRequests(call, bound, stream)),
        );
      };
      server.register(path, handle, keepBytes, keepBytes, "bidi");
      return;
    }
    case "client_streaming":
      throw new Error(`${path} is client-streaming, which no contract of Confab uses`);
    default:
      throw new Error(`${path} is of an unknown kind`);
  }
}

type UnaryCall = ServerUnaryCall<Buffer, Buffer> & { readonly metadata: Metadata };

function answerUnary(
  serve: () => Promise<Buffer>,
  answer: sendUnaryData<Buffer>,
  { path, environment }: { path: string; environment: CallEnvironment },
): void {
  const { calls, log } = environment;
  const refuse = (error: unknown): void => answer(toGrpcStatus(failure(error, path, log)));
  try {
    calls.begin();
  } catch (error) {
    refuse(error);
    return;
  }
  serve().then(
    (response) => {
      answer(null, response);
      calls.finish();
    },
    (error: unknown) => {
      refuse(error);
      calls.finish();
    },
  );
}

function readRequests(
  call: ServerDuplexStream<Buffer, Buffer>,
  bound: BoundMethod,
  stream: StreamContext,
): Requests<unknown> {
  const { method, first } = bound;
  const maxBytes = Math.min(first.maxBytes, MAX_REQUEST_BYTES);
  let isFirst = true;
  return new Requests<unknown>(call, stream.signal, (bytes) => {
    if (!isFirst) return decode(method.input, bytes, maxBytes);
    isFirst = false;
    const counted = bytes.length <= first.maxBytes ? countBytes(stream, bytes.length) : undefined;
    return counted ? counted.then(() => decodeFirst(bound, bytes)) : decodeFirst(bound, bytes);
  });
}
