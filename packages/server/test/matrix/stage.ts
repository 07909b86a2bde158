import { randomUUID } from "node:crypto";
import type {
  DescMessage,
  DescMethodBiDiStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
} from "@bufbuild/protobuf";
import { type simple, v1 } from "@confab/protocol";
import { type ClientReadableStream, type ServiceError, status } from "@grpc/grpc-js";
import { type CallOptions, readRefusal } from "../support/client.ts";
import { HANG_MS } from "../support/wait.ts";
import type { Outcome } from "./answers.ts";
import type { Calling } from "./calling.ts";
import type { Account, Cast } from "./cast.ts";

/** Everything that one call of the matrix needs: its caller's proof, and the account that it is about. */
export interface Stage extends Calling {
  readonly account: Account;
  readonly cast: Cast;
}

/** Makes one call as the caller of the stage. Rejects when it is refused. */
export type Play = (stage: Stage) => Promise<unknown>;

/** A unary call. */
export function ask<I extends DescMessage, O extends DescMessage>(
  { cast, options }: Calling,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
): Promise<unknown> {
  return cast.client.unary(method, request, withDeadline(options));
}

/** Reads a stream to its end. */
export function readAll<I extends DescMessage, O extends DescMessage>(
  { cast, options }: Calling,
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
  { cast, options }: Calling,
  method: DescMethodServerStreaming<I, O>,
  request: MessageInitShape<I>,
): Promise<unknown> {
  return hear(cast.client.serverStream(method, request, withDeadline(options)), () => true);
}

/** Says something on a stream and listens until it is heard. */
export function speak(
  { cast, options }: Calling,
  method: DescMethodBiDiStreaming<typeof simple.MessageSchema, typeof simple.MessageSchema>,
  userName: string,
): Promise<unknown> {
  const text = randomUUID();
  const stream = cast.client.bidi(method, withDeadline(options));
  stream.write({ userName, text });
  return hear(stream, (message) => message.text === text);
}

export type LiveRpc = "connect" | "subscribe";

/** Opens a live stream that knows these rooms, and gives all that it brings up to Ready. */
export async function openLive(
  { cast, options }: Calling,
  rpc: LiveRpc,
  ...roomIds: readonly string[]
): Promise<readonly v1.Frame[]> {
  const hello = { rooms: roomIds.map((roomId) => ({ roomId, revision: 1n })) };
  const { connect, subscribe } = v1.ChatService.method;
  const frames: v1.Frame[] = [];
  const isReady = ({ frames: more }: { frames: v1.Frame[] }): boolean => {
    frames.push(...more);
    return more.some(({ frame }) => frame.case === "ready");
  };
  if (rpc === "subscribe") {
    await hear(cast.client.serverStream(subscribe, { hello }, withDeadline(options)), isReady);
    return frames;
  }
  const stream = cast.client.bidi(connect, withDeadline(options));
  stream.write({ command: { case: "hello", value: hello } });
  await hear(stream, isReady);
  return frames;
}

/** Opens a live stream that knows a room, and says what has become of that. */
export async function follow(on: Calling, rpc: LiveRpc, roomId: string): Promise<Outcome> {
  const frames = await openLive(on, rpc, roomId);
  const isLost = frames.some(
    ({ frame }) =>
      frame.case === "gap" &&
      frame.value.roomId === roomId &&
      frame.value.reason === v1.GapReason.ACCESS_CHANGED,
  );
  return isLost ? "OK GAP_ACCESS_CHANGED" : "OK";
}

/** The outcome of a call, as the matrix writes it: what its play says, `OK`, or its code and reason. */
export async function outcomeOfCall(call: Promise<unknown>): Promise<string> {
  try {
    const said = await call;
    return typeof said === "string" ? said : "OK";
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
  return { ...options, deadline: Date.now() + HANG_MS };
}
