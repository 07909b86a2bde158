import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { Code, ConfabError, UnauthenticatedError } from "../errors.ts";
import type { Command, SessionCall } from "../transport/port.ts";
import { isUnanswered } from "./errors.ts";

type Result = v1.CommandResult["result"];

const { sendMessage, updateReadCursor, signalActivity } = v1.ChatService.method;

/** Most refused commands that later ones may name. */
const MAX_REFUSED = 1_000;

interface UnaryCommandsOptions {
  readonly call: SessionCall;
  /** Drops what is not answered. */
  readonly signal: AbortSignal;
  readonly onAnswer: (answer: v1.Frame) => void;
  /** Called when a command may have been executed or not, or the session has ended: the stream must end too. */
  readonly onLost: (error: unknown) => void;
}

/**
 * Sends the commands of a stream as unary calls. The server executes such calls in any order, so those of one room go one after the
 * other.
 */
export class UnaryCommands {
  readonly #options: UnaryCommandsOptions;
  /** The end of the last command of each room that has some under way. */
  readonly #last = new Map<string, Promise<void>>();
  readonly #refused = new Set<string>();

  constructor(options: UnaryCommandsOptions) {
    this.#options = options;
  }

  /** Sends a command once the room's earlier ones are answered. See `LiveStream.send`. */
  send(commandId: string, command: Command, afterCommandId = ""): void {
    const roomId = command.case === "heartbeat" ? "" : (command.value.roomId ?? "");
    const running = this.#run(this.#last.get(roomId), { commandId, command, afterCommandId });
    this.#last.set(roomId, running);
    void running.then(() => {
      if (this.#last.get(roomId) === running) this.#last.delete(roomId);
    });
  }

  async #run(
    before: Promise<void> | undefined,
    { commandId, command, afterCommandId }: { commandId: string; command: Command; afterCommandId: string },
  ): Promise<void> {
    await before;
    const { signal, onAnswer, onLost } = this.#options;
    if (signal.aborted) return;
    try {
      const result = this.#refused.has(afterCommandId) ? AFTER_REFUSED : await this.#execute(command);
      if (result.case === "error") this.#noteRefusal(commandId);
      if (commandId === "" || signal.aborted) return;
      const value = create(v1.CommandResultSchema, { commandId, result });
      onAnswer(create(v1.FrameSchema, { frame: { case: "result", value } }));
    } catch (error) {
      if (!signal.aborted) onLost(error);
    }
  }

  async #execute(command: Command): Promise<Result> {
    const { call, signal } = this.#options;
    try {
      switch (command.case) {
        case "sendMessage":
          return { case: "sendMessage", value: await call(sendMessage, command.value, { signal }) };
        case "updateReadCursor":
          return { case: "updateReadCursor", value: await call(updateReadCursor, command.value, { signal }) };
        case "signalActivity":
          await call(signalActivity, command.value, { signal });
          return { case: undefined };
        case "heartbeat":
          return { case: undefined };
        default:
          return command satisfies never;
      }
    } catch (error) {
      if (!(error instanceof ConfabError) || isUnanswered(error)) throw error;
      if (error instanceof UnauthenticatedError) throw error;
      return refusal(error);
    }
  }

  #noteRefusal(commandId: string): void {
    if (commandId === "") return;
    this.#refused.add(commandId);
    const [oldest = ""] = this.#refused;
    if (this.#refused.size > MAX_REFUSED) this.#refused.delete(oldest);
  }
}

function refusal({ code, reason, message, retryAfterMs }: Omit<ConfabError, "name">): Result {
  const retryAfter = retryAfterMs === undefined ? {} : { retryAfter: durationFromMs(retryAfterMs) };
  return { case: "error", value: create(v1.CommandErrorSchema, { code, reason, message, ...retryAfter }) };
}

const AFTER_REFUSED: Result = {
  case: "error",
  value: create(v1.CommandErrorSchema, {
    code: Code.ABORTED,
    reason: "AFTER_REFUSED",
    message: "the command before it was refused",
  }),
};
