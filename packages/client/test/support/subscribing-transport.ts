import { create, type DescMethodUnary, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { type Command, ConfabError, grpcTransport, type StreamOptions, type Transport } from "@confab/client";
import { v1 } from "@confab/protocol";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { HANG_MS } from "./wait.ts";

const { subscribe, sendMessage, updateReadCursor, signalActivity } = v1.ChatService.method;

/**
 * Makes a transport without client streaming, like those of browsers: it subscribes, sends each command as a unary call,
 * and inserts the answers into the frames.
 */
export function subscribingTransport(address: string): Transport {
  const calls = grpcTransport(address, false);
  const client = new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  return {
    unary: (method, request, options) => calls.unary(method, request, options),
    connect(hello, options) {
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer ${options.accessToken}`);
      const stream = client.makeServerStreamRequest(
        `/${subscribe.parent.typeName}/${subscribe.name}`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => fromBinary(subscribe.output, bytes).frames,
        toBinary(subscribe.input, create(subscribe.input, { hello })),
        metadata,
      );
      const frames = new Frames();
      const outcomes = new Map<string, Promise<boolean>>();
      options.signal.addEventListener("abort", () => {
        stream.cancel();
        frames.end(options.signal.reason);
      });
      stream.on("data", (some: v1.Frame[]) => frames.push(some));
      stream.on("error", ({ code, message }: ServiceError) =>
        frames.end(new ConfabError({ code, message, reason: "" })),
      );
      stream.on("end", () => frames.end(null));
      return {
        frames,
        send(commandId, command, afterCommandId = "") {
          const before = outcomes.get(afterCommandId) ?? Promise.resolve(true);
          const answering = before.then((isDone) =>
            isDone ? answer(calls, command, options) : AFTER_REFUSED,
          );
          outcomes.set(
            commandId,
            answering.then((result) => result.case !== "error"),
          );
          void answering.then((result) => {
            if (commandId === "") return;
            const value = create(v1.CommandResultSchema, { commandId, result });
            frames.push([create(v1.FrameSchema, { frame: { case: "result", value } })]);
          });
        },
      };
    },
    reset: () => calls.reset(),
    close() {
      calls.close();
      client.close();
    },
  };
}

const AFTER_REFUSED: v1.CommandResult["result"] = {
  case: "error",
  value: create(v1.CommandErrorSchema, { code: 10, reason: "AFTER_REFUSED", message: "refused" }),
};

async function answer(
  calls: Transport,
  command: Command,
  { accessToken }: StreamOptions,
): Promise<v1.CommandResult["result"]> {
  const ask = <M extends DescMethodUnary>(method: M, request: MessageShape<M["input"]>) =>
    calls.unary(method, request, { accessToken, timeoutMs: HANG_MS });
  try {
    switch (command.case) {
      case "sendMessage": {
        const request = create(sendMessage.input, command.value);
        return { case: "sendMessage", value: (await ask(sendMessage, request)) as v1.SendMessageResponse };
      }
      case "updateReadCursor": {
        const request = create(updateReadCursor.input, command.value);
        const value = (await ask(updateReadCursor, request)) as v1.UpdateReadCursorResponse;
        return { case: "updateReadCursor", value };
      }
      case "signalActivity":
        await ask(signalActivity, create(signalActivity.input, command.value));
        return { case: undefined };
      default:
        return { case: undefined };
    }
  } catch (error) {
    if (!(error instanceof ConfabError)) throw error;
    const { code, reason, message } = error;
    return { case: "error", value: create(v1.CommandErrorSchema, { code, reason, message }) };
  }
}

/** A queue of frames from the stream and from the answers. */
class Frames implements AsyncIterable<readonly v1.Frame[]> {
  #waiting: (readonly v1.Frame[])[] = [];
  #end: { readonly error: unknown } | null = null;
  #wake: () => void = () => {};

  push(frames: readonly v1.Frame[]): void {
    this.#waiting.push(frames);
    this.#wake();
  }

  end(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly v1.Frame[]> {
    for (;;) {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) yield next;
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
