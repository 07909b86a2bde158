import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { rpc } from "@confab/protocol";
import {
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { HANG_MS } from "./wait.ts";

export interface CallOptions {
  readonly token?: string;
  readonly deadline?: Date | number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The way of a client's calls to the server: gRPC, or another in its place. */
export interface Channel {
  makeUnaryRequest<I, O>(
    path: string,
    serialize: (value: I) => Buffer,
    deserialize: (bytes: Buffer) => O,
    request: I,
    metadata: Metadata,
    options: { deadline?: Date | number },
    callback: (error: ServiceError | null, response?: O) => void,
  ): unknown;
  makeServerStreamRequest<I, O>(
    path: string,
    serialize: (value: I) => Buffer,
    deserialize: (bytes: Buffer) => O,
    request: I,
    metadata: Metadata,
    options: { deadline?: Date | number },
  ): ClientReadableStream<O>;
  makeBidiStreamRequest<I, O>(
    path: string,
    serialize: (value: I) => Buffer,
    deserialize: (bytes: Buffer) => O,
    metadata: Metadata,
    options: { deadline?: Date | number },
  ): ClientDuplexStream<I, O>;
  close(): void;
}

/** A client for any method of the contract, over grpc-js or another channel. */
export class TestClient implements Disposable {
  readonly #client: Channel;

  constructor(channel: string | Channel, options: ChannelOptions = {}) {
    const local = { "grpc.use_local_subchannel_pool": 1, ...options };
    this.#client =
      typeof channel === "string" ? new Client(channel, credentials.createInsecure(), local) : channel;
  }

  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    return this.unaryBytes(method, encode(method.input, request), options);
  }

  /** A unary call with request bytes of the test's own making. */
  unaryBytes<O extends DescMessage>(
    method: DescMethod & { output: O },
    bytes: Buffer,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        pathOf(method),
        (buffer: Buffer) => buffer,
        (buffer: Buffer) => fromBinary(method.output, buffer),
        bytes,
        toMetadata(options),
        toCallOptions(options),
        (error, response) => (error ? reject(error) : resolve(response as MessageShape<O>)),
      );
    });
  }

  serverStream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): ClientReadableStream<MessageShape<O>> {
    return this.#client.makeServerStreamRequest(
      pathOf(method),
      (message: MessageInitShape<I>) => encode(method.input, message),
      (buffer: Buffer) => fromBinary(method.output, buffer),
      request,
      toMetadata(options),
      toCallOptions(options),
    );
  }

  bidi<I extends DescMessage, O extends DescMessage>(
    method: DescMethodBiDiStreaming<I, O>,
    options: CallOptions = {},
  ): ClientDuplexStream<MessageInitShape<I>, MessageShape<O>> {
    return this.#client.makeBidiStreamRequest(
      pathOf(method),
      (message: MessageInitShape<I>) => encode(method.input, message),
      (buffer: Buffer) => fromBinary(method.output, buffer),
      toMetadata(options),
      toCallOptions(options),
    );
  }

  /** A stream with request bytes of the test's own making. */
  bidiBytes<O extends DescMessage>(
    method: DescMethod & { output: O },
    options: CallOptions = {},
  ): ClientDuplexStream<Buffer, MessageShape<O>> {
    return this.#client.makeBidiStreamRequest(
      pathOf(method),
      (buffer: Buffer) => buffer,
      (buffer: Buffer) => fromBinary(method.output, buffer),
      toMetadata(options),
      toCallOptions(options),
    );
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** The details of a failed call's status. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly reason: string | undefined;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
}

/** Waits for a call to fail and reads its details. @throws Error when it succeeds */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    return readRefusal(error as ServiceError);
  }
  throw new Error("the call succeeded, and was expected to be refused");
}

export function readRefusal({ code, details, metadata }: ServiceError): Refusal {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  const status = bytes instanceof Buffer ? fromBinary(rpc.StatusSchema, bytes) : create(rpc.StatusSchema);
  const detail = <Desc extends DescMessage>(schema: Desc): MessageShape<Desc> | undefined => {
    for (const any of status.details) {
      const message = anyUnpack(any, schema);
      if (message) return message;
    }
    return undefined;
  };
  const retryDelay = detail(rpc.RetryInfoSchema)?.retryDelay;
  return {
    code,
    message: details,
    reason: detail(rpc.ErrorInfoSchema)?.reason,
    field: detail(rpc.BadRequestSchema)?.fieldViolations[0]?.field,
    retryAfterMs: retryDelay && Number(retryDelay.seconds) * 1_000 + retryDelay.nanos / 1e6,
    requestId: detail(rpc.RequestInfoSchema)?.requestId,
  };
}

/** Resolves with the error that ends a stream. */
export function streamError(stream: ClientReadableStream<unknown>): Promise<ServiceError> {
  return new Promise((resolve) => {
    stream.once("error", (error: ServiceError) => resolve(error));
  });
}

/** Collects what a stream gives, and waits for it to be enough. */
export class Collector<Message> {
  readonly messages: Message[] = [];
  #onMessage: () => void = () => {};

  constructor(stream: ClientReadableStream<Message>) {
    stream.on("error", () => {});
    stream.on("data", (message: Message) => {
      this.messages.push(message);
      this.#onMessage();
    });
  }

  /** Resolves with all of them once there are `count`. @throws Error after a minute */
  atLeast(count: number): Promise<readonly Message[]> {
    return this.#wait(() => this.messages.length >= count, `${count} messages`);
  }

  /** Resolves with all of them once the last is one that was waited for. @throws Error after a minute */
  until(isLast: (message: Message) => boolean): Promise<readonly Message[]> {
    const isThere = (): boolean => {
      const last = this.messages.at(-1);
      return last !== undefined && isLast(last);
    };
    return this.#wait(isThere, "the last message");
  }

  #wait(isEnough: () => boolean, what: string): Promise<readonly Message[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${what} did not come; ${this.messages.length} messages did`)),
        HANG_MS,
      );
      this.#onMessage = () => {
        if (!isEnough()) return;
        clearTimeout(timer);
        this.#onMessage = () => {};
        resolve(this.messages);
      };
      this.#onMessage();
    });
  }
}

function encode<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Buffer {
  return Buffer.from(toBinary(schema, create(schema, init)));
}

function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function toMetadata({ token, metadata = {} }: CallOptions): Metadata {
  const result = new Metadata();
  for (const [name, value] of Object.entries(metadata)) result.set(name, value);
  if (token !== undefined) result.set("authorization", `Bearer ${token}`);
  return result;
}

function toCallOptions({ deadline }: CallOptions): { deadline?: Date | number } {
  return deadline === undefined ? {} : { deadline };
}
