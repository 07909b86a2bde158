import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type {
  Metadata,
  Server,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import type { CallRule } from "../domain/system-access.ts";
import { decode, encode, MAX_REQUEST_BYTES } from "./codec.ts";
import { type CallEnvironment, failure, refusePassedDeadline } from "./environment.ts";
import { type CallContext, type Handlers, type StreamContext, UnaryContext } from "./handler.ts";
import { Requests } from "./requests.ts";
import { serveStream } from "./stream.ts";

/** One service of the contract, with who may call its methods and what they do. */
export interface Binding {
  readonly service: DescService;
  readonly access: Readonly<Record<string, CallRule>>;
  readonly handlers: Readonly<Record<string, unknown>>;
  /** The most bytes of a call's first request, by method, where that is more than of others. */
  readonly maxFirstBytes?: Readonly<Record<string, number>>;
}

/** Pairs a service with its rules and handlers, all checked by the compiler to be complete. */
export function binding<Service extends DescService>(
  service: Service,
  access: Readonly<Record<keyof Service["method"], CallRule>>,
  handlers: Handlers<Service>,
  maxFirstBytes: Readonly<Record<string, number>> = {},
): Binding {
  return { service, access, handlers, maxFirstBytes };
}

/**
 * Registers a service's methods on the gRPC server. Requests and responses cross grpc-js as bytes: they are
 * decoded and encoded here, so that a malformed request is refused like any other wrong one.
 *
 * @throws Error when a method has no rule: such a server does not start
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
  /** Of the first request. */
  readonly maxBytes: number;
}

const keepBytes = (bytes: Buffer): Buffer => bytes;

function bindMethod(
  server: Server,
  { method, rule, handler, maxBytes }: BoundMethod,
  environment: CallEnvironment,
): void {
  const path = `/${method.parent.typeName}/${method.name}`;
  // `binding` has checked that each handler fits its method.
  switch (method.methodKind) {
    case "unary": {
      const run = handler as (request: unknown, context: CallContext) => Promise<Record<string, unknown>>;
      const serve = async (call: UnaryCall): Promise<Buffer> => {
        refusePassedDeadline(call.getDeadline());
        const asked = environment.gate.admit(rule, call);
        const caller = asked instanceof Promise ? await asked : asked;
        const context = new UnaryContext(caller, call);
        return encode(method.output, await run(decode(method.input, call.request), context));
      };
      const handle = (call: UnaryCall, answer: sendUnaryData<Buffer>): void => {
        answerUnary(() => serve(call), answer, { path, environment });
      };
      server.register(path, handle, keepBytes, keepBytes, "unary");
      return;
    }
    case "server_streaming": {
      const run = handler as (request: unknown, context: StreamContext) => Promise<void>;
      const handle = (call: ServerWritableStream<Buffer, Buffer>): void => {
        serveStream(call, { path, rule, environment }, (context) =>
          run(decode(method.input, call.request, maxBytes), context),
        );
      };
      server.register(path, handle, keepBytes, keepBytes, "serverStream");
      return;
    }
    case "bidi_streaming": {
      const run = handler as (requests: AsyncIterable<unknown>, context: StreamContext) => Promise<void>;
      const handle = (call: ServerDuplexStream<Buffer, Buffer>): void => {
        serveStream(call, { path, rule, environment }, (context) =>
          run(readRequests(call, { method, signal: context.signal, maxFirstBytes: maxBytes }), context),
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
  { method, signal, maxFirstBytes }: { method: DescMethod; signal: AbortSignal; maxFirstBytes: number },
): Requests<unknown> {
  let maxBytes = maxFirstBytes;
  return new Requests<unknown>(call, signal, (bytes) => {
    const request = decode(method.input, bytes, maxBytes);
    maxBytes = MAX_REQUEST_BYTES;
    return request;
  });
}
