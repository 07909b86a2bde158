import {
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import {
  Client,
  type ClientDuplexStream,
  connectivityState,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { type ConfabError, closedError } from "../errors.ts";
import type { ConnectOptions } from "../options.ts";
import { encode } from "../transport/encode.ts";
import type { LiveStream, StreamOptions, Transport, UnaryOptions } from "../transport/port.ts";
import { parseAddress, type Target } from "./address.ts";
import { explainFailure } from "./connect-failure.ts";
import { fromServiceError } from "./errors.ts";
import { type Security, securityFor } from "./security.ts";

type Requests = MessageInitShape<typeof v1.ConnectRequestSchema>;

/**
 * Makes a gRPC transport with its own connection. The address and `tls` are as in `connect`.
 * @throws InvalidArgumentError `ADDRESS_INVALID`
 */
export function grpcTransport(address: string, tls: ConnectOptions["tls"]): Transport {
  const target = parseAddress(address);
  return new GrpcTransport(target, tls ?? !target.isLoopback);
}

class GrpcTransport implements Transport {
  readonly #target: Target;
  readonly #isTls: boolean;
  readonly #security: Security;
  #client: Client | null = null;
  /** True once a server has answered: a later failure is none of the settings. */
  #hasAnswered = false;
  #isClosed = false;

  constructor(target: Target, tls: NonNullable<ConnectOptions["tls"]>) {
    this.#target = target;
    this.#isTls = tls !== false;
    this.#security = securityFor(target.host, tls);
  }

  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    { signal, timeoutMs, ...credentials }: UnaryOptions,
  ): Promise<MessageShape<O>> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = (): void => {
        call.cancel();
        reject(signal?.reason);
      };
      const encoded = toBuffer(method.input, request);
      const call = this.#open().makeUnaryRequest(
        pathOf(method),
        (sent: Buffer) => sent,
        (bytes: Buffer) => fromBinary(method.output, bytes),
        encoded,
        toMetadata(credentials),
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          signal?.removeEventListener("abort", onAbort);
          if (error) {
            void this.#explain(fromServiceError(error)).then(reject);
            return;
          }
          this.#hasAnswered = true;
          resolve(response as MessageShape<O>);
        },
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  connect(
    hello: MessageInitShape<typeof v1.HelloSchema>,
    { signal, ...credentials }: StreamOptions,
  ): LiveStream {
    const method = v1.ChatService.method.connect;
    const call: ClientDuplexStream<Requests, v1.ConnectResponse> = this.#open().makeBidiStreamRequest(
      pathOf(method),
      (message: Requests) => toBuffer(method.input, message),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      toMetadata(credentials),
    );
    call.write({ command: { case: "hello", value: hello } });
    return {
      frames: readFrames(call, signal),
      send(commandId, command, afterCommandId = "") {
        if (call.writable) call.write({ commandId, command, afterCommandId });
      },
    };
  }

  reset(): void {
    this.#client?.close();
    this.#client = null;
  }

  close(): void {
    this.#isClosed = true;
    this.reset();
  }

  async #explain(error: ConfabError): Promise<ConfabError> {
    return this.#hasAnswered ? error : explainFailure(error, { ...this.#target, isTls: this.#isTls });
  }

  /**
   * Returns the client, replaced after a failed connection: grpc-js would fail all calls until its own backoff is over.
   */
  #open(): Client {
    if (this.#isClosed) throw closedError();
    if (this.#client?.getChannel().getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE) {
      this.reset();
    }
    const { credentials, options } = this.#security;
    this.#client ??= new Client(this.#target.target, credentials, {
      ...options,
      "grpc.use_local_subchannel_pool": 1,
    });
    return this.#client;
  }
}

async function* readFrames(
  call: ClientDuplexStream<Requests, v1.ConnectResponse>,
  signal: AbortSignal,
): AsyncGenerator<readonly v1.Frame[]> {
  const onAbort = (): void => call.cancel();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    for await (const { frames } of call as AsyncIterable<v1.ConnectResponse>) yield frames;
  } catch (error) {
    signal.throwIfAborted();
    throw fromServiceError(error as ServiceError);
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Errors after the last read have no receiver; without a listener they would be uncaught.
    call.on("error", () => {});
    call.cancel();
  }
}

/** @throws InvalidArgumentError `FIELD_INVALID` for a value that its field can't have */
function toBuffer<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Buffer {
  return Buffer.from(encode(schema, init));
}

function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function toMetadata({ accessToken, actAs }: Pick<UnaryOptions, "accessToken" | "actAs">): Metadata {
  const metadata = new Metadata();
  if (accessToken !== undefined) metadata.set("authorization", `Bearer ${accessToken}`);
  if (actAs !== undefined) metadata.set("x-confab-act-as", actAs);
  return metadata;
}
