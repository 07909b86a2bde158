import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { toResponse } from "../../../live/responses.ts";
import type { BoundMethod } from "../../binding.ts";
import { type CallEnvironment, failure } from "../../environment.ts";
import { CLIENT_GONE } from "../../incoming-call.ts";
import { runUnary } from "../../unary.ts";
import type { Bodies } from "./bodies.ts";
import { withinDeadline } from "./deadline.ts";
import { toEnding } from "./endings.ts";
import type { Exchange } from "./exchange.ts";
import { fail, toText } from "./failures.ts";
import { readRequest, writeAnswer } from "./messages.ts";
import { refreshCookieOf } from "./refresh-cookie.ts";
import { readRequestBytes } from "./requests.ts";

/** Answers from this length on are compressed. */
const MIN_COMPRESSED_BYTES = 1024;
const ACCEPTS_GZIP = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;
const zip = promisify(gzip);

/** Everything that the calls of the web port share. */
export interface WebCallParts {
  readonly environment: CallEnvironment;
  readonly bodies: Bodies;
}

/** Serves one unary call. Resolves when it has been answered, and what it has begun is over. */
export async function serveUnary(
  exchange: Exchange,
  bound: BoundMethod,
  { environment, bodies }: WebCallParts,
): Promise<void> {
  const { calls, log } = environment;
  const refuse = (error: unknown): void => fail(exchange, failure(error, bound.path, log));
  try {
    calls.begin();
  } catch (error) {
    refuse(error);
    return;
  }
  const { isJson } = exchange.format;
  const cookie = refreshCookieOf(exchange, bound);
  const read = async (): Promise<object> => {
    const request = readRequest(bound, await readRequestBytes(exchange, bound, bodies), isJson);
    return cookie ? cookie.fillIn(request) : request;
  };
  const running = runUnary(exchange, bound, environment, read);
  try {
    const response = await withinDeadline(running, exchange.getDeadline());
    const sent = cookie ? cookie.takeOut(response) : response;
    await answer(exchange, writeAnswer(bound.method.output, sent, isJson));
  } catch (error) {
    cookie?.failed(error);
    if (error !== CLIENT_GONE) refuse(error);
  }
  // It goes on after its deadline.
  await Promise.allSettled([running]);
  calls.finish();
}

async function answer(exchange: Exchange, message: Buffer): Promise<void> {
  const { format, request } = exchange;
  const headers = { "content-type": format.contentType };
  if (format.protocol !== "connect") {
    const ended = Buffer.concat([toResponse(message), toEnding(format, null)]);
    exchange.respond(200, headers, toText(format, ended));
    return;
  }
  const accepted = String(request.headers["accept-encoding"] ?? "");
  if (message.length < MIN_COMPRESSED_BYTES || !ACCEPTS_GZIP.test(accepted)) {
    exchange.respond(200, headers, message);
    return;
  }
  exchange.respond(200, { ...headers, "content-encoding": "gzip" }, await zip(message));
}
