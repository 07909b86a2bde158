import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { v1 } from "@confab/protocol";

/** Options of one call. */
export interface UnaryOptions {
  /** An access token or a service key: the `authorization` metadata is `Bearer <token>`. */
  readonly accessToken?: string | undefined;
  /** The id of the user whom a service key acts for: the `x-confab-act-as` metadata. */
  readonly actAs?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/** Makes a unary call as the user of a session. @throws ConfabError; the signal's reason when it aborts */
export type SessionCall = <I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  options: { readonly signal: AbortSignal },
) => Promise<MessageShape<O>>;

/** Options of a stream. */
export interface StreamOptions {
  /** As in {@link UnaryOptions}. */
  readonly accessToken: string;
  /** As in {@link UnaryOptions}. */
  readonly actAs?: string | undefined;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** For commands that are sent as unary calls: a stream outlives its access token, and this renews it. */
  readonly call: SessionCall;
}

/** A command that can be sent on a stream after its hello. */
export type Command = Exclude<
  NonNullable<MessageInitShape<typeof v1.ConnectRequestSchema>["command"]>,
  { case: "hello" } | { case?: undefined }
>;

/** A stream of frames, open or opening. */
export interface LiveStream {
  /**
   * The frames, in batches as they arrived. Ends when the server ends the stream without an error. Can be read once.
   * @throws ConfabError for any other end; the signal's reason when it aborts
   */
  readonly frames: AsyncIterable<readonly v1.Frame[]>;
  /**
   * Sends a command. Its answer arrives as a frame with that id; with an empty id there is none. Commands are executed
   * in the order of sending; one with an `afterCommandId` only if that earlier one was not refused, else it is refused with
   * `AFTER_REFUSED`. A command sent after the stream's end is lost.
   */
  send(commandId: string, command: Command, afterCommandId?: string): void;
}

/**
 * The connection to a server. The rest of the client uses only this interface. A transport without client streaming can
 * subscribe, send each command as a unary call, and insert the answers into the frames.
 */
export interface Transport {
  /** Makes a unary call. @throws ConfabError; the signal's reason when it aborts */
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options: UnaryOptions,
  ): Promise<MessageShape<O>>;
  /** Opens a stream and sends the hello. */
  connect(hello: MessageInitShape<typeof v1.HelloSchema>, options: StreamOptions): LiveStream;
  /** Called when the connection is silent: later calls and streams must use a new connection. */
  reset(): void;
  /** Closes everything; later calls reject with a ClosedError. */
  close(): void;
}
