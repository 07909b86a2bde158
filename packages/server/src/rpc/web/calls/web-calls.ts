import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { ChatError } from "../../../domain/errors.ts";
import { type Binding, type BoundMethod, methodsOf } from "../../binding.ts";
import { type CallEnvironment, failure } from "../../environment.ts";
import type { StreamContext } from "../../handler.ts";
import { countBytes, serveStream } from "../../served-stream.ts";
import { Bodies } from "./bodies.ts";
import { runUntil } from "./deadline.ts";
import { Exchange, queryOf, type WebRequest, type WebResponse } from "./exchange.ts";
import { fail } from "./failures.ts";
import { connectFormat, type Format, parseFormat, STREAM_TYPES, UNARY_TYPES } from "./formats.ts";
import { readRequest } from "./messages.ts";
import { readRequestBytes } from "./requests.ts";
import { WebSink } from "./stream-sink.ts";
import { serveUnary, type WebCallParts } from "./unary.ts";

export interface WebCalls extends Disposable {
  /** Returns true if the path names a service of the contract. */
  isCall(path: string): boolean;
  /** Answers a request whose path does. */
  answer(request: WebRequest, response: WebResponse): void;
}

/** Serves the bindings over HTTP: in the protocols Connect and gRPC-Web, with messages in protobuf and in JSON. */
export function createWebCalls(bindings: readonly Binding[], environment: CallEnvironment): WebCalls {
  const methods = new Map(bindings.flatMap(methodsOf).map((bound) => [bound.path, bound]));
  const services = new Set(bindings.map(({ service }) => service.typeName));
  const parts = { environment, bodies: new Bodies() };
  return {
    isCall: (path) => services.has(serviceOf(path)),
    answer(request, response) {
      const path = request.url?.split("?", 1)[0] ?? "";
      const bound = methods.get(path);
      if (bound) serveMethod(request, response, bound, parts);
      else refuseUnknown(request, response, path, environment);
    },
    [Symbol.dispose]: () => parts.bodies[Symbol.dispose](),
  };
}

/** Returns the service that a path names; empty if the path is not that of a call. */
function serviceOf(path: string): string {
  return /^\/([\w.]+)\/\w+$/.exec(path)?.[1] ?? "";
}

function refuseUnknown(
  request: WebRequest,
  response: WebResponse,
  path: string,
  { log }: CallEnvironment,
): void {
  const format = parseFormat(request.headers["content-type"]) ?? connectFormat(true);
  const error = new ChatError("METHOD_UNKNOWN", `this server has no method ${path.slice(0, 128)}`);
  fail(new Exchange(request, response, format), failure(error, path, log));
}

function serveMethod(
  request: WebRequest,
  response: WebResponse,
  bound: BoundMethod,
  parts: WebCallParts,
): void {
  const { methodKind } = bound.method;
  const isUnary = methodKind === "unary";
  const isGet = isUnary && request.method === "GET" && mayGet(bound);
  const format = isGet ? queryFormat(request) : parseFormat(request.headers["content-type"]);
  const exchange = new Exchange(request, response, format ?? connectFormat(true));
  if (request.method !== "POST" && !isGet) {
    const allow = mayGet(bound) ? "GET, POST" : "POST";
    exchange.respond(405, { allow, "content-type": "text/plain; charset=utf-8" }, `send ${allow}\n`);
  } else if (methodKind === "bidi_streaming" && format) {
    fail(exchange, failure(needsGrpc(bound), bound.path, parts.environment.log));
  } else if (!format || (isUnary ? format.protocol === "connect-stream" : format.protocol === "connect")) {
    const types = isUnary ? UNARY_TYPES : STREAM_TYPES;
    const headers = { "accept-post": types, "content-type": "text/plain; charset=utf-8" };
    exchange.respond(415, headers, `the content type must be one of ${types}\n`);
  } else if (isUnary) {
    void serveUnary(exchange, bound, parts);
  } else {
    serveResponses(exchange, bound, parts);
  }
}

function mayGet({ method }: BoundMethod): boolean {
  return (
    method.methodKind === "unary" && method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS
  );
}

function queryFormat(request: WebRequest): Format | null {
  const encoding = queryOf(request).get("encoding");
  return encoding === "json" || encoding === "proto" ? connectFormat(encoding === "json") : null;
}

function serveResponses(exchange: Exchange, bound: BoundMethod, { environment, bodies }: WebCallParts): void {
  const run = bound.handler as (stream: StreamContext, request: unknown) => Promise<void>;
  const sink = new WebSink(exchange, bound.method.output);
  serveStream(exchange, sink, { bound, environment }, async (stream) => {
    const bytes = await readRequestBytes(exchange, bound, bodies);
    await countBytes(stream, bytes.length);
    const request = readRequest(bound, bytes, exchange.format.isJson);
    await runUntil(exchange.getDeadline(), stream, () => run(stream, request));
  });
}

function needsGrpc({ path }: BoundMethod): ChatError {
  const message = `${path} streams both ways, which HTTP clients can't: subscribe with Subscribe and send with unary calls`;
  return new ChatError("GRPC_REQUIRED", message);
}
