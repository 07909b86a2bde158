import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type {
  Metadata,
  Server,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import type { Ask } from "../../domain/access/ask.ts";
import type { CallRule } from "../../domain/access/system-access.ts";
import { extraCalls, extraCallsOfBytes } from "../call-cost.ts";
import { decode, encode, MAX_REQUEST_BYTES } from "../codec.ts";
import { type CallEnvironment, failure, refusePassedDeadline } from "../environment.ts";
import type { AccessTable, Handlers, StreamContext } from "../handler.ts";
import { Requests } from "./requests.ts";
import { serveStream } from "./stream.ts";

/** One service of the contract, with the access rules and the handlers of its methods. */
export interface Binding {
  readonly service: DescService;
  readonly access: Readonly<Record<string, CallRule>>;
  readonly handlers: Readonly<Record<string, unknown>>;
  /** The most bytes of a call's first request, for methods that allow more or less than the rest. */
  readonly maxFirstBytes?: Readonly<Record<string, number>>;
}

/** Pairs a service with its rules and handlers. The compiler checks that none is missing. */
export function binding<Service extends DescService, Access extends AccessTable<Service>>(
  service: Service,
  access: Access,
  handlers: Handlers<Service, Access>,
  maxFirstBytes: Readonly<Record<string, number>> = {},
): Binding {
  return { service, access, handlers, maxFirstBytes };
}

/**
 * Registers a service's methods on the gRPC server. Requests and responses pass grpc-js as bytes and are decoded and
 * encoded here, so that a malformed request is refused like any other wrong one.
 *
 * @throws Error when a method has no rule, so that the server does not start
 */
export function bind(
  server: Server,
  { service, access, handlers, maxFirstBytes = {} }: Binding,
  environment: CallEnvironment,
): void {
  for (const method of service.methods) {
    const rule = access[method.localName];
    if (!rule) throw new Error(`${service.typeName}.${method.name} has no access rule`);
    const { localName } = method;
    const maxBytes = maxFirstBytes[localName] ?? MAX_REQUEST_BYTES;
    bindMethod(server, { method, rule, handler: handlers[localName], maxBytes }, environment);
  }
}

interface BoundMethod {
  readonly method: DescMethod;
  readonly rule: CallRule;
  readonly handler: unknown;
  /** The most bytes of the first request. */
  readonly maxBytes: number;
}

const keepBytes = (bytes: Buffer): Buffer => bytes;

function bindMethod(
  server: Server,
  { method, rule, handler, maxBytes }: BoundMethod,
  environment: CallEnvironment,
): void {
  const path = `/${method.parent.typeName}/${method.name}`;
  // `binding` has checked that each handler fits its method and its rule.
  switch (method.methodKind) {
    case "unary": {
      const run = handler as (ask: Ask, request: unknown) => Promise<Record<string, unknown>>;
      const serve = async (call: UnaryCall): Promise<Buffer> => {
        refusePassedDeadline(call.getDeadline());
        const admitted = environment.gate.admit(rule, call);
        const ask = admitted instanceof Promise ? await admitted : admitted;
        const request = decode(method.input, call.request, maxBytes);
        const extra = extraCalls(request);
        if (extra > 0) await environment.gate.count(ask, extra);
        return encode(method.output, await run(ask, request));
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
        serveStream(call, { path, rule, environment }, async (stream) => {
          await countBytes(stream, call.request);
          await run(stream, decode(method.input, call.request, maxBytes));
        });
      };
      server.register(path, handle, keepBytes, keepBytes, "serverStream");
      return;
    }
    case "bidi_streaming": {
      const run = handler as (stream: StreamContext, requests: AsyncIterable<unknown>) => Promise<void>;
      const handle = (call: ServerDuplexStream<Buffer, Buffer>): void => {
        serveStream(call, { path, rule, environment }, (stream) =>
          run(stream, readRequests(call, { method, stream, maxFirstBytes: maxBytes })),
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
  try {
    calls.begin();
  } catch (error) {
    answer(failure(error, path, log));
    return;
  }
  serve().then(
    (response) => {
      answer(null, response);
      calls.finish();
    },
    (error: unknown) => {
      answer(failure(error, path, log));
      calls.finish();
    },
  );
}

function readRequests(
  call: ServerDuplexStream<Buffer, Buffer>,
  { method, stream, maxFirstBytes }: { method: DescMethod; stream: StreamContext; maxFirstBytes: number },
): Requests<unknown> {
  let maxBytes = maxFirstBytes;
  return new Requests<unknown>(call, stream.signal, (bytes) => {
    const allowed = maxBytes;
    maxBytes = Math.min(maxFirstBytes, MAX_REQUEST_BYTES);
    const counted = bytes.length <= allowed ? countBytes(stream, bytes) : undefined;
    return counted
      ? counted.then(() => decode(method.input, bytes, allowed))
      : decode(method.input, bytes, allowed);
  });
}

/** Counts a long request as several calls; undefined if it is none, or nothing is limited. @throws ChatError RATE_LIMITED */
function countBytes(stream: StreamContext, bytes: Buffer): Promise<unknown> | undefined {
  const extra = extraCallsOfBytes(bytes.length);
  const asked = extra > 0 ? stream.ask(extra) : undefined;
  return asked instanceof Promise ? asked : undefined;
}
