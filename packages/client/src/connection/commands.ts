import { durationMs } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import { type ConfabError, confabError } from "../errors.ts";
import type { Command, LiveStream } from "../transport/port.ts";

type Result = v1.CommandResult["result"];

/** A command on its way. */
export interface SentCommand {
  /** Unique on its stream. */
  readonly commandId: string;
  /** The answer. Rejects with a ConfabError when the command is refused or the stream ends. */
  readonly result: Promise<Result>;
}

interface Waiting {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: ConfabError) => void;
}

/** Sends commands over one stream and matches the answers to them. */
export class Commands {
  readonly #stream: LiveStream;
  readonly #waiting = new Map<string, Waiting>();
  #lastId = 0;

  constructor(stream: LiveStream) {
    this.#stream = stream;
  }

  /** Sends a command, to be executed after another if that one is not refused. */
  send(command: Command, afterCommandId?: string): SentCommand {
    const commandId = String(++this.#lastId);
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.set(commandId, { resolve, reject });
    this.#stream.send(commandId, command, afterCommandId);
    return { commandId, result: promise };
  }

  /** Sends a command without an answer. */
  notify(command: Command): void {
    this.#stream.send("", command);
  }

  settle({ commandId, result }: v1.CommandResult): void {
    const waiting = this.#waiting.get(commandId);
    this.#waiting.delete(commandId);
    if (result.case === "error") waiting?.reject(fromCommandError(result.value));
    else waiting?.resolve(result);
  }

  /** Rejects all commands that wait for an answer. */
  fail(error: ConfabError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function fromCommandError({ code, reason, message, retryAfter }: v1.CommandError): ConfabError {
  return confabError({ code, reason, message, retryAfterMs: retryAfter && durationMs(retryAfter) });
}
