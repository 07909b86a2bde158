import { randomUUID } from "node:crypto";
import type {
  DescMessage,
  DescMethodBiDiStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
} from "@bufbuild/protobuf";
import type { simple } from "@confab/protocol";
import { type ClientReadableStream, type ServiceError, status } from "@grpc/grpc-js";
import { type CallOptions, readRefusal } from "../support/client.ts";
import type { Account, Cast } from "./cast.ts";

const DEADLINE_MS = 20_000;

/** What one call of the matrix needs: its caller's proof, and the account that it is about. */
export interface Stage {
  readonly account: Account;
  readonly cast: Cast;
  readonly options: CallOptions;
}

/** Makes one call as the caller of the stage. Rejects when it is refused. */
export type Play = (stage: Stage) => Promise<unknown>;

/** A unary call. */
export function ask<I extends DescMessage, O extends DescMessage>(
  { cast, options }: Stage,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
): Promise<unknown> {
  return cast.client.unary(method, request, withDeadline(options));
}

/** Reads a stream to its end. */
export function readAll<I extends DescMessage, O extends DescMessage>(
  { cast, options }: Stage,
  method: DescMethodServerStreaming<I, O>,
  request: MessageInitShape<I>,
): Promise<unknown> {
  const stream = cast.client.serverStream(method, request, withDeadline(options));
  stream.resume();
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.once("end", resolve);
  });
}

/** Listens until something is heard. */
export function listen<I extends DescMessage, O extends DescMessage>(
  { cast, options }: Stage,
  method: DescMethodServerStreaming<I, O>,
  request: MessageInitShape<I>,
): Promise<unknown> {
  return hear(cast.client.serverStream(method, request, withDeadline(options)), () => true);
}

/** Says something on a stream and listens until it is heard. */
export function speak(
  { cast, options }: Stage,
  method: DescMethodBiDiStreaming<typeof simple.MessageSchema, typeof simple.MessageSchema>,
  userName: string,
): Promise<unknown> {
  const text = randomUUID();
  const stream = cast.client.bidi(method, withDeadline(options));
  stream.write({ userName, text });
  return hear(stream, (message) => message.text === text);
}

/** What a call came to, as the matrix writes it: `OK`, or its code and reason. */
export async function outcomeOfCall(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "OK";
  } catch (error) {
    const { code, reason } = readRefusal(error as ServiceError);
    return `${status[code]} ${reason}`;
  }
}

function hear<Message>(
  stream: ClientReadableStream<Message>,
  isEnough: (message: Message) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on("error", reject);
    stream.on("end", () => reject(new Error("the stream ended before anything was heard")));
    stream.on("data", (message: Message) => {
      if (!isEnough(message)) return;
      resolve();
      stream.cancel();
    });
  });
}

function withDeadline(options: CallOptions): CallOptions {
  return { ...options, deadline: Date.now() + DEADLINE_MS };
}
