import type {
  DescMethodBiDiStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Ask, AskFor } from "../domain/access/ask.ts";
import type { CallRule } from "../domain/access/system-access.ts";
import type { ResponseWriter } from "../live/outbox.ts";
import type { CallStatus } from "./errors.ts";

/** One open stream, as its handler sees it. */
export interface StreamContext<OfRule extends Ask = Ask> extends ResponseWriter {
  /** The caller, with the account as it is now. */
  readonly caller: OfRule["caller"];
  /**
   * Makes an ask of the caller at this time: each command of a stream has its own. It counts as one call, or as several.
   *
   * @throws ChatError RATE_LIMITED, never at once
   */
  ask(calls?: number): OfRule | Promise<OfRule>;
  /** Aborted when the client goes, when the server drains, and by `end`. */
  readonly signal: AbortSignal;
  /** Sends one encoded message; resolves when the transport has taken it. @throws the signal's reason */
  send(message: Uint8Array): Promise<void>;
  /** Calls back when `caller` has changed. */
  onCallerChange(callback: () => void): void;
  /** Ends the stream with this error, even if the client has stopped reading. */
  end(error: unknown): void;
  /** Ends the stream without an error. */
  finish(): void;
  /**
   * Calls back instead of ending the stream when the server stops: finish pending answers, then end with this error.
   */
  onDrain(callback: (error: unknown) => void): void;
  /** Returns the status of an error that doesn't end the stream, and logs it like the failure of a call. */
  failure(error: unknown): CallStatus;
}

/** The rules of one service's methods, by their names in the contract. */
export type AccessTable<Service extends DescService> = Readonly<Record<keyof Service["method"], CallRule>>;

/** The handlers of one service, by the names of its methods. The rule of a method decides which ask reaches it. */
export type Handlers<Service extends DescService, Access extends AccessTable<Service>> = {
  readonly [Name in keyof Service["method"]]: Handler<Service["method"][Name], AskFor<Access[Name]>>;
};

type Handler<Method, OfRule extends Ask> =
  Method extends DescMethodUnary<infer Input, infer Output>
    ? (ask: OfRule, request: MessageShape<Input>) => Promise<MessageInitShape<Output>>
    : Method extends DescMethodServerStreaming<infer Input>
      ? (stream: StreamContext<OfRule>, request: MessageShape<Input>) => Promise<void>
      : Method extends DescMethodBiDiStreaming<infer Input>
        ? (stream: StreamContext<OfRule>, requests: AsyncIterable<MessageShape<Input>>) => Promise<void>
        : never;
