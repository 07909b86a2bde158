import { setTimeout as wait } from "node:timers/promises";
import {
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { Client, connectivityState, credentials, type ServiceError } from "@grpc/grpc-js";
import { type Config, readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { encode } from "../rpc/codec.ts";
import { CommandError } from "./command-error.ts";
import { checkDataFolder } from "./data-folder.ts";
import { toCommandError } from "./service-error.ts";

/** Time for a server to answer, or for another process to release the data folder. */
const OPEN_TIMEOUT_MS = 10_000;
const RETRY_MS = 300;

/** Erasing an account with all its messages can take minutes. */
const CALL_TIMEOUT_MS = 5 * 60_000;

/** Fits a page of 100 audit entries, each with the longest reason that a request can carry. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** Matches the store's error when another process has the data folder. */
const IN_USE = /is in use by another Confab process/;

/** A connection to the operator's socket of a data folder. */
export interface Operator extends AsyncDisposable {
  /** @throws CommandError with the server's message and reason */
  call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): Promise<MessageShape<Output>>;
}

/** Options of every operator command. */
export interface OperatorOptions {
  readonly dataDir?: string | undefined;
}

/**
 * Connects to the server that has the data folder open, over the socket there. If no server has it open, this process
 * opens the folder itself until the connection is disposed of, so dispose of it before you ask the user a question. A
 * missing folder is created if `mayCreate` is set.
 *
 * @throws CommandError, ConfigError
 */
export async function openOperator(
  { dataDir }: OperatorOptions,
  { mayCreate = false }: { readonly mayCreate?: boolean } = {},
): Promise<Operator> {
  const config = readConfig(process.env, { dataDir });
  // Loaded here, so that `chat` and `--help` do not wait for the service.
  const { operatorAddress } = await import("../server.ts");
  const deadlineMs = Date.now() + OPEN_TIMEOUT_MS;
  for (;;) {
    const server = await connect(operatorAddress(config.dataDir), deadlineMs);
    if (server) return toOperator(server, async () => server.close());
    if (config.databaseUrl === null) checkDataFolder(config.dataDir, { mayCreate });
    try {
      return await openHere(config);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (!IN_USE.test(message)) throw new CommandError(message, { cause });
      if (Date.now() >= deadlineMs) {
        throw new CommandError(
          `${message}, which does not answer on its operator.sock: wait if it is starting or stopping, else restart it`,
          { cause },
        );
      }
    }
    await wait(RETRY_MS);
  }
}

async function openHere(config: Config): Promise<Operator> {
  await using opened = new AsyncDisposableStack();
  // Nobody signs in through the operator's socket.
  const { startOperatorServer } = await import("../server.ts");
  const server = await startOperatorServer({ ...config, identityProvider: null }, createLog(config.logLevel));
  opened.use(server);
  const client = await connect(server.address, Date.now() + OPEN_TIMEOUT_MS);
  if (!client) throw new Error(`can't reach ${server.address}, which this process serves`);
  opened.defer(() => client.close());
  const running = opened.move();
  return toOperator(client, () => running.disposeAsync());
}

/** Connects to a server at the address; null when nothing answers. */
async function connect(address: string, deadlineMs: number): Promise<Client | null> {
  const client = new Client(address, credentials.createInsecure(), {
    "grpc.max_receive_message_length": MAX_RESPONSE_BYTES,
    // Each connection must find out for itself if a server answers.
    "grpc.use_local_subchannel_pool": 1,
  });
  if (await isAnswered(client, deadlineMs)) return client;
  client.close();
  return null;
}

/** Unlike `waitForReady`, returns at once when nothing listens on the socket. */
function isAnswered(client: Client, deadlineMs: number): Promise<boolean> {
  const channel = client.getChannel();
  return new Promise((resolve) => {
    const look = (): void => {
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) resolve(true);
      else if (state === connectivityState.TRANSIENT_FAILURE) resolve(false);
      else channel.watchConnectivityState(state, deadlineMs, (error) => (error ? resolve(false) : look()));
    };
    look();
  });
}

function toOperator(client: Client, close: () => Promise<void>): Operator {
  return {
    async call(method, request) {
      try {
        return await callMethod(client, method, request);
      } catch (error) {
        throw toCommandError(error as ServiceError);
      }
    },
    [Symbol.asyncDispose]: close,
  };
}

function callMethod<Input extends DescMessage, Output extends DescMessage>(
  client: Client,
  method: DescMethodUnary<Input, Output>,
  request: MessageInitShape<Input>,
): Promise<MessageShape<Output>> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/${method.parent.typeName}/${method.name}`,
      (message: MessageInitShape<Input>) => encode(method.input, message),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      request,
      { deadline: Date.now() + CALL_TIMEOUT_MS },
      (error, response) => (error ? reject(error) : resolve(response as MessageShape<Output>)),
    );
  });
}
