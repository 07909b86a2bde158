import { durationMs } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import { type ConfabError, confabError } from "../errors.ts";
import type { Command, LiveStream } from "../transport/port.ts";

type Result = v1.CommandResult["result"];

interface Waiting {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: ConfabError) => void;
}

/** The commands of one stream that wait for their answers. */
export class Commands {
  readonly #stream: LiveStream;
  readonly #waiting = new Map<string, Waiting>();
  #lastId = 0;

  constructor(stream: LiveStream) {
    this.#stream = stream;
  }

  /** Sends a command and resolves with its answer. @throws ConfabError as the server refuses, or as the stream ends */
  ask(command: Command): Promise<Result> {
    const commandId = String(++this.#lastId);
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.set(commandId, { resolve, reject });
    this.#stream.send(commandId, command);
    return promise;
  }

  /** Sends a command that is not answered. */
  tell(command: Command): void {
    this.#stream.send("", command);
  }

  take({ commandId, result }: v1.CommandResult): void {
    const waiting = this.#waiting.get(commandId);
    this.#waiting.delete(commandId);
    if (result.case === "error") waiting?.reject(fromCommandError(result.value));
    else waiting?.resolve(result);
  }

  /** Gives up on all that wait. */
  fail(error: ConfabError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function fromCommandError({ code, reason, message, retryAfter }: v1.CommandError): ConfabError {
  return confabError({ code, reason, message, retryAfterMs: retryAfter && durationMs(retryAfter) });
}
