import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import { ChatError } from "../../../domain/errors.ts";
import type { StreamContext } from "../../handler.ts";
import { encodeFrame } from "./frames.ts";
import type { LiveStream } from "./live-stream.ts";

/** The most commands of one stream that may be in progress, and the most bytes that may wait for its client. */
const MAX_UNANSWERED = 256;
const MAX_QUEUED_BYTES = 256 * 1024;

type Result = NonNullable<MessageInitShape<typeof v1.CommandResultSchema>["result"]>;

/** Encodes the frame that answers the command with this id. */
export type Answer = (commandId: string) => Buffer;

/** Encodes the answer to a command; without a result it says only that the command has succeeded. */
export function encodeResult(commandId: string, result?: Result): Buffer {
  return encodeFrame({ case: "result", value: { commandId, ...(result && { result }) } });
}

interface Slot {
  /** The frame that answers the command; null if the client wants none. */
  frame: Buffer | null;
  isDone: boolean;
}

/**
 * Answers the commands of one stream in the order in which they came, however long each takes. While a client reads no
 * answers, no more of its commands are read.
 */
export class Commands {
  readonly #stream: LiveStream;
  readonly #context: StreamContext;
  #slots: Slot[] = [];
  #first = 0;
  #waiting: (() => void)[] = [];
  /** By the ids of commands in progress: resolves with true, or with false for a refusal. */
  readonly #outcomes = new Map<string, Promise<boolean>>();
  /** The ids of commands that were refused, the last of them. */
  readonly #refused = new Set<string>();

  constructor(stream: LiveStream, context: StreamContext) {
    this.#stream = stream;
    this.#context = context;
  }

  /** Answers a command once its work is done. An error ends the stream only if the caller's session has ended. */
  answer(commandId: string, work: Promise<Answer>): void {
    const slot: Slot = { frame: null, isDone: false };
    this.#slots.push(slot);
    this.#remember(commandId, work);
    work.then(
      (answer) => this.#settle(slot, commandId, answer),
      (error: unknown) => {
        if (error instanceof ChatError && error.kind === "unauthenticated") this.#context.end(error);
        const value = this.#toCommandError(error);
        this.#settle(slot, commandId, (id) => encodeResult(id, { case: "error", value }));
      },
    );
  }

  /** Runs a command after another, if that one is not refused. @throws ChatError AFTER_REFUSED; what the command throws */
  async after(commandId: string, run: () => Promise<Answer>): Promise<Answer> {
    const hasSucceeded = await (this.#outcomes.get(commandId) ?? !this.#refused.has(commandId));
    if (hasSucceeded) return run();
    throw new ChatError(
      "AFTER_REFUSED",
      `the command "${commandId}", after which this one was to come, was refused`,
      {
        field: "after_command_id",
      },
    );
  }

  /** Resolves when another command may be taken. */
  async mayTakeAnother(): Promise<void> {
    while (this.#slots.length - this.#first >= MAX_UNANSWERED) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    while (this.#stream.outbox.queuedBytes > MAX_QUEUED_BYTES) {
      await new Promise<void>((resolve) => this.#stream.outbox.onceFlushed(resolve));
    }
  }

  /** Resolves when all commands have been answered. */
  async answered(): Promise<void> {
    while (this.#slots.length > this.#first) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #remember(commandId: string, work: Promise<Answer>): void {
    if (commandId === "") return;
    const outcome = work.then(
      () => true,
      () => false,
    );
    this.#outcomes.set(commandId, outcome);
    void outcome.then((hasSucceeded) => {
      if (this.#outcomes.get(commandId) === outcome) this.#outcomes.delete(commandId);
      this.#refused.delete(commandId);
      if (!hasSucceeded) this.#refused.add(commandId);
      const [oldest] = this.#refused;
      if (this.#refused.size > MAX_UNANSWERED && oldest !== undefined) this.#refused.delete(oldest);
    });
  }

  #settle(slot: Slot, commandId: string, answer: Answer): void {
    if (commandId !== "") slot.frame = answer(commandId);
    slot.isDone = true;
    for (;;) {
      const first = this.#slots[this.#first];
      if (!first?.isDone) break;
      if (first.frame) this.#stream.outbox.send(first.frame);
      this.#first++;
    }
    if (this.#first === this.#slots.length || this.#first >= MAX_UNANSWERED) {
      this.#slots = this.#slots.slice(this.#first);
      this.#first = 0;
    }
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #toCommandError(error: unknown) {
    const { code, message } = this.#context.failure(error);
    if (!(error instanceof ChatError)) return { code, message };
    const { reason, retryAfterMs } = error;
    const retry = retryAfterMs === undefined ? {} : { retryAfter: durationFromMs(retryAfterMs) };
    return { code, reason, message, ...retry };
  }
}
