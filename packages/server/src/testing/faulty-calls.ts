import { v1 } from "@confab/protocol";
import { ChatError } from "../domain/errors.ts";
import type { Binding } from "../rpc/binding.ts";
import type { StreamContext } from "../rpc/handler.ts";
import type { Faults } from "./faults.ts";
import { splitResponses } from "./frames.ts";

/** The response types that consist of frames. */
const FRAMED: readonly string[] = [v1.ConnectResponseSchema.typeName, v1.SubscribeResponseSchema.typeName];

type AnswerFault = NonNullable<Faults["dropAnswer"]>;

/** Wraps every service so that answers get lost and streams are cut. @throws RangeError when there is no such method */
export function breakCalls(
  bindings: readonly Binding[],
  { dropAnswer, cutStreams }: Pick<Faults, "dropAnswer" | "cutStreams">,
): readonly Binding[] {
  const answers = dropAnswer ? new Answers(bindings, dropAnswer) : null;
  const maxFrames = cutStreams?.afterFrames ?? Number.POSITIVE_INFINITY;
  return bindings.map((binding) => {
    const handlers = binding.service.methods.map(({ localName, methodKind, output }) => {
      const hasFrames = FRAMED.includes(output.typeName);
      const handler = binding.handlers[localName] as AnyHandler;
      const broken: AnyHandler =
        methodKind === "unary"
          ? async (ask, request) => {
              const response = await handler(ask, request);
              if (answers?.isNext(localName)) throw answerLost();
              return response;
            }
          : (stream, request) =>
              handler(cutOff(stream as StreamContext, { answers, maxFrames, hasFrames }), request);
      return [localName, broken];
    });
    return { ...binding, handlers: Object.fromEntries(handlers) as Binding["handlers"] };
  });
}

type AnyHandler = (asked: unknown, request: unknown) => Promise<unknown>;

/** Counts the answers to one method, on every path. */
class Answers {
  readonly #method: string;
  readonly #at: number;
  #count = 0;

  constructor(bindings: readonly Binding[], { method, at }: AnswerFault) {
    const methods = bindings.flatMap(({ service }) => service.methods);
    const found = methods.find(({ name, methodKind }) => name === method && methodKind === "unary");
    if (!found) throw new RangeError(`dropAnswer names "${method}": there is no such unary method`);
    this.#method = found.localName;
    this.#at = at;
  }

  /** Counts an answer. Returns true for the one to lose. */
  isNext(localName: string): boolean {
    return localName === this.#method && ++this.#count === this.#at;
  }
}

interface CutOptions {
  readonly answers: Answers | null;
  readonly maxFrames: number;
  readonly hasFrames: boolean;
}

/** Ends a stream where a fault says so. Sends everything before that point and nothing after it. */
function cutOff(context: StreamContext, { answers, maxFrames, hasFrames }: CutOptions): StreamContext {
  let sent = 0;
  let isCut = false;

  /** Splits a write at the cut: the part that is still sent, and the error that ends the stream. */
  function findCut(written: Buffer): { readonly sent: readonly Buffer[]; readonly error: ChatError } | null {
    const before: Buffer[] = [];
    for (const { frame, response } of splitResponses(written, hasFrames)) {
      if (answers?.isNext(answerIn(frame))) return { sent: before, error: answerLost() };
      before.push(response);
      sent++;
      if (sent >= maxFrames) return { sent: before, error: streamCut() };
    }
    return null;
  }

  const write: StreamContext["write"] = (responses, done) => {
    if (isCut) return;
    const cut = findCut(responses);
    if (!cut) {
      context.write(responses, done);
      return;
    }
    isCut = true;
    const end = (): void => context.end(cut.error);
    if (cut.sent.length === 0) end();
    else context.write(Buffer.concat(cut.sent), end);
  };
  return {
    get caller() {
      return context.caller;
    },
    ask: (calls) => context.ask(calls),
    signal: context.signal,
    write,
    send: (message) => context.send(message),
    onCallerChange: (callback) => context.onCallerChange(callback),
    end: (error) => context.end(error),
    finish: () => context.finish(),
    onDrain: (callback) => context.onDrain(callback),
    failure: (error) => context.failure(error),
  };
}

/** Returns the method that a frame answers; empty if it is no answer. */
function answerIn(frame: v1.Frame | null): string {
  if (frame?.frame.case !== "result") return "";
  const { result } = frame.frame.value;
  return result.case === undefined || result.case === "error" ? "" : result.case;
}

function answerLost(): ChatError {
  return new ChatError(
    "STORAGE_ERROR",
    "the answer was lost, though the call took effect: a fault of this test",
  );
}

function streamCut(): ChatError {
  return new ChatError("SHUTTING_DOWN", "the stream was cut: a fault of this test");
}
