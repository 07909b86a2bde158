import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { ConfabError, Transport } from "@confab/client";
import { v1 } from "@confab/protocol";
import { transportTo } from "./test-server.ts";

/** A transport that a test makes refuse every call and command. */
export interface RefusingTransport extends Transport {
  /** The refusal; null lets everything through to the server. */
  refusal: ConfabError | null;
  /** Number of calls and commands that were refused. */
  readonly refused: number;
}

/** Connects to a server, and refuses instead while the test says so. */
export function refusingTransport(address: string): RefusingTransport {
  const transport = transportTo(address);
  let refused = 0;
  const refusing: RefusingTransport = {
    refusal: null,
    get refused() {
      return refused;
    },
    async unary(method, request, options) {
      if (!refusing.refusal) return transport.unary(method, request, options);
      refused++;
      throw refusing.refusal;
    },
    connect(hello, options) {
      const stream = transport.connect(hello, options);
      const answers = new Answers();
      return {
        frames: merged(stream.frames, answers),
        send(commandId, command) {
          if (!refusing.refusal) {
            stream.send(commandId, command);
            return;
          }
          refused++;
          if (commandId !== "") answers.push(answerOf(commandId, refusing.refusal));
        },
      };
    },
    reset: () => transport.reset(),
    close: () => transport.close(),
  };
  return refusing;
}

function answerOf(commandId: string, { code, reason, message, retryAfterMs }: ConfabError): v1.Frame {
  const retryAfter = retryAfterMs === undefined ? {} : { retryAfter: durationFromMs(retryAfterMs) };
  const value = create(v1.CommandErrorSchema, { code, reason, message, ...retryAfter });
  const result = create(v1.CommandResultSchema, { commandId, result: { case: "error", value } });
  return create(v1.FrameSchema, { frame: { case: "result", value: result } });
}

/** The answers that wait to be read among the frames. */
class Answers {
  #waiting: v1.Frame[] = [];
  #next = Promise.withResolvers<void>();

  push(frame: v1.Frame): void {
    this.#waiting.push(frame);
    this.#next.resolve();
  }

  get next(): Promise<void> {
    return this.#next.promise;
  }

  take(): v1.Frame[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#next = Promise.withResolvers();
    return taken;
  }
}

async function* merged(
  frames: AsyncIterable<readonly v1.Frame[]>,
  answers: Answers,
): AsyncGenerator<readonly v1.Frame[]> {
  const iterator = frames[Symbol.asyncIterator]();
  for (let reading = iterator.next(); ; ) {
    const read = await Promise.race([reading, answers.next]);
    if (!read) yield answers.take();
    else if (read.done) return;
    else {
      yield read.value;
      reading = iterator.next();
    }
  }
}
