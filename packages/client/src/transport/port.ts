import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { v1 } from "@confab/protocol";

/** How one call is made. */
export interface UnaryOptions {
  readonly accessToken?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/** How a stream is opened. */
export interface StreamOptions {
  readonly accessToken: string;
  /** Ends the stream. */
  readonly signal: AbortSignal;
}

/** What can be sent up a stream once it has said hello. */
export type Command = Exclude<
  NonNullable<MessageInitShape<typeof v1.ConnectRequestSchema>["command"]>,
  { case: "hello" } | { case?: undefined }
>;

/** A stream of frames that is open, or opening. */
export interface LiveStream {
  /**
   * The frames, as many at a time as came together. Ends when the server ends the stream without an error.
   * Read once. @throws ConfabError for whatever else ends it; the signal's reason
   */
  readonly frames: AsyncIterable<readonly v1.Frame[]>;
  /**
   * Sends a command; its answer comes as a frame with that id, no answer where the id is empty. Commands are obeyed
   * in the order of sending. What a stream that has ended is told is lost.
   */
  send(commandId: string, command: Command): void;
}

/**
 * How a server is reached. All that is above it needs nothing but this: a transport without streams upwards can
 * subscribe, send each command as a call of its own, and put the answers among the frames.
 */
export interface Transport {
  /** @throws ConfabError, the signal's reason */
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options: UnaryOptions,
  ): Promise<MessageShape<O>>;
  /** Opens a stream, which says hello at once. */
  connect(hello: MessageInitShape<typeof v1.HelloSchema>, options: StreamOptions): LiveStream;
  /** The connection has fallen silent: what is opened from now on is opened on another, where there is such a thing. */
  reset(): void;
  /** Ends what is open, and takes no more. */
  close(): void;
}
