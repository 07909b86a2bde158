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
import { decode, encode, MAX_REQUEST_BYTES, RequestTooLarge } from "../codec.ts";
import { type CallEnvironment, failure, refusePassedDeadline } from "../environment.ts";
import type { AccessTable, Handlers, StreamContext } from "../handler.ts";
import { Requests } from "./requests.ts";
import { serveStream } from "./stream.ts";

/** One service of the contract, with the access rules and the handlers of its methods. */
export interface Binding {
  readonly service: DescService;
  readonly access: Readonly<Record<string, CallRule>>;
  readonly handlers: Readonly<Record<string, unknown>>;
  readonly firstRequests?: FirstRequests;
}

/** The first requests of methods, where they are not as all other requests. */
type FirstRequests = Readonly<Record<string, FirstRequest>>;

interface FirstRequest {
  /** More or less than the other requests of the service may have; those after the first have no more than either. */
  readonly maxBytes: number;
  /** Decodes at most that many bytes, if not in the usual way. @throws ChatError REQUEST_MALFORMED */
  decode?(bytes: Uint8Array): unknown;
}

/** Pairs a service with its rules and handlers. The compiler checks that none is missing. */
export function binding<Service extends DescService, Access extends AccessTable<Service>>(
  service: Service,
  access: Access,
  handlers: Handlers<Service, Access>,
  firstRequests: FirstRequests = {},
): Binding {
  return { service, access, handlers, firstRequests };
}

/**
 * Registers a service's methods on the gRPC server. Requests and responses pass grpc-js as bytes and are decoded and
 * encoded here, so that a malformed request is refused like any other wrong one.
 *
 * @throws Error when a method has no rule, so that the server does not start
 */
export function bind(
  server: Server,
  { service, access, handlers, firstRequests = {} }: Binding,
  environment: CallEnvironment,
): void {
  for (const method of service.methods) {
    const rule = access[method.localName];
    if (!rule) throw new Error(`${service.typeName}.${method.name} has no access rule`);
    const { localName } = method;
    const first = firstRequests[localName] ?? { maxBytes: MAX_REQUEST_BYTES };
    bindMethod(server, { method, rule, handler: handlers[localName], first }, environment);
  }
}

interface BoundMethod {
  readonly method: DescMethod;
  readonly rule: CallRule;
  readonly handler: unknown;
  readonly first: FirstRequest;
}

const keepBytes = (bytes: Buffer): Buffer => bytes;

function bindMethod(
  server: Server,
  { method, rule, handler, first }: BoundMethod,
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
        const request = decode(method.input, call.request, first.maxBytes);
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
          await run(stream, decodeFirst(method, first, call.request));
        });
      };
      server.register(path, handle, keepBytes, keepBytes, "serverStream");
      return;
    }
    case "bidi_streaming": {
      const run = handler as (stream: StreamContext, requests: AsyncIterable<unknown>) => Promise<void>;
      const handle = (call: ServerDuplexStream<Buffer, Buffer>): void => {
        serveStream(call, { path, rule, environment }, (stream) =>
          run(stream, readRequests(call, { method, stream, first })),
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
  { method, stream, first }: { method: DescMethod; stream: StreamContext; first: FirstRequest },
): Requests<unknown> {
  const maxBytes = Math.min(first.maxBytes, MAX_REQUEST_BYTES);
  let isFirst = true;
  return new Requests<unknown>(call, stream.signal, (bytes) => {
    if (!isFirst) return decode(method.input, bytes, maxBytes);
    isFirst = false;
    const counted = bytes.length <= first.maxBytes ? countBytes(stream, bytes) : undefined;
    return counted
      ? counted.then(() => decodeFirst(method, first, bytes))
      : decodeFirst(method, first, bytes);
  });
}

/** @throws RequestTooLarge; ChatError REQUEST_MALFORMED */
function decodeFirst(
  { input }: DescMethod,
  { maxBytes, decode: read }: FirstRequest,
  bytes: Buffer,
): unknown {
  if (!read) return decode(input, bytes, maxBytes);
  if (bytes.length > maxBytes) throw new RequestTooLarge(bytes, maxBytes);
  return read(bytes);
}

/** Counts a long request as several calls; undefined if it is none, or nothing is limited. @throws ChatError RATE_LIMITED */
function countBytes(stream: StreamContext, bytes: Buffer): Promise<unknown> | undefined {
  const extra = extraCallsOfBytes(bytes.length);
  const asked = extra > 0 ? stream.ask(extra) : undefined;
  return asked instanceof Promise ? asked : undefined;
}
