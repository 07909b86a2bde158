import type {
  DescMethodBiDiStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Caller, Origin } from "../domain/callers.ts";
import type { ResponseWriter } from "../live/outbox.ts";
import { addressOf } from "./address.ts";
import type { GrpcStatus } from "./errors.ts";

/** What a handler knows of its call beside the request: who makes it, and from where. */
export type CallContext = Origin;

/** The context of a unary call. Its address is looked up when it is asked for: most calls never do. */
export class UnaryContext implements CallContext {
  readonly caller: Caller;
  readonly #call: { getPeer(): string };

  constructor(caller: Caller, call: { getPeer(): string }) {
    this.caller = caller;
    this.#call = call;
  }

  get address(): string {
    return addressOf(this.#call);
  }
}

export interface StreamContext extends CallContext, ResponseWriter {
  /** Aborted when the client goes, when the server drains, or by `end`. */
  readonly signal: AbortSignal;
  /** Sends one encoded message; resolves when the transport has taken it. @throws the signal's reason */
  send(message: Uint8Array): Promise<void>;
  /** Calls back when `caller` has become another. */
  onCallerChange(callback: () => void): void;
  /** Ends the stream with this error, even if its client takes nothing any more. */
  end(error: unknown): void;
  /** Ends the stream without an error. */
  finish(): void;
  /**
   * Is called instead of `end` when the server stops, with the error to end the stream with once what is under way
   * has been answered.
   */
  onDrain(callback: (error: unknown) => void): void;
  /** The status of something that has failed on the stream and doesn't end it. It is logged as a call's failure is. */
  failure(error: unknown): GrpcStatus;
}

/** The handlers of one service, by the names of its methods in the contract. */
export type Handlers<Service extends DescService> = {
  readonly [Name in keyof Service["method"]]: Handler<Service["method"][Name]>;
};

type Handler<Method> =
  Method extends DescMethodUnary<infer Input, infer Output>
    ? (request: MessageShape<Input>, context: CallContext) => Promise<MessageInitShape<Output>>
    : Method extends DescMethodServerStreaming<infer Input>
      ? (request: MessageShape<Input>, context: StreamContext) => Promise<void>
      : Method extends DescMethodBiDiStreaming<infer Input>
        ? (requests: AsyncIterable<MessageShape<Input>>, context: StreamContext) => Promise<void>
        : never;
