import { health as healthContract } from "@confab/protocol";
import { Server, type ServerCredentials } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { type Binding, bind } from "./bind.ts";
import type { CallEnvironment } from "./environment.ts";
import { addReflection } from "./reflection.ts";
import { joinRepeatedTokens } from "./repeated-headers.ts";

/**
 * The most that the transport reads of one request, decompressed, before it gives up on it. Above the limit
 * that `decode` explains to the caller, and small enough that it costs the server nothing.
 */
const MAX_TRANSPORT_BYTES = 1024 * 1024;
const KEEPALIVE_TIME_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
const MAX_STREAMS_PER_CONNECTION = 1_000;

/** After the last call has been answered, how long connections have to close by themselves. */
const CLOSE_CONNECTIONS_MS = 5_000;
/** How long the connections that did not are given to be gone. */
const DESTROY_MS = 500;

export interface GrpcServer {
  /** The port that it listens on; another than was asked for, if that was 0. */
  readonly port: number;
  /** Turns health to NOT_SERVING, refuses new calls, ends the streams, lets calls in flight finish, and closes. */
  drain(maxMs: number): Promise<void>;
}

export interface GrpcServerOptions {
  /** `127.0.0.1:50051`, `[::1]:50051`, `unix:/a/path`. */
  readonly address: string;
  readonly credentials: ServerCredentials;
  readonly bindings: readonly Binding[];
  readonly environment: CallEnvironment;
}

/** Serves the bindings, health and reflection over gRPC. @throws Error when it can't listen on the address */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { address, credentials, bindings, environment } = options;
  const server = new Server({
    "grpc.max_receive_message_length": MAX_TRANSPORT_BYTES,
    "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
    "grpc.max_concurrent_streams": MAX_STREAMS_PER_CONNECTION,
    "grpc.enable_channelz": 0,
  });
  for (const binding of bindings) bind(server, binding, environment);
  const services = bindings.map((binding) => binding.service);
  const healthNames = ["", ...services.map((service) => service.typeName)];
  const health = new HealthImplementation(Object.fromEntries(healthNames.map((name) => [name, "SERVING"])));
  health.addToServer(server);
  addReflection(server, [...services, healthContract.Health]);

  const boundPort = await listen(server, address, credentials);
  const boundAddress = address.startsWith("unix:") ? address : address.replace(/:\d+$/, `:${boundPort}`);
  joinRepeatedTokens(server);
  return {
    port: boundPort,
    async drain(maxMs) {
      for (const name of healthNames) health.setStatus(name, "NOT_SERVING");
      await within(Math.max(0, maxMs - CLOSE_CONNECTIONS_MS), environment.calls.drain());
      // Not `forceShutdown`: with channelz off, grpc-js 1.14.7 doesn't know its sessions there and ends none (a
      // health Watch would keep the process alive). `drain` does end them, after its grace.
      server.drain(boundAddress, CLOSE_CONNECTIONS_MS);
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await within(CLOSE_CONNECTIONS_MS + DESTROY_MS, closed);
    },
  };
}

function listen(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error) reject(new Error(`can't listen on ${address}: ${error.message}`, { cause: error }));
      else resolve(port);
    });
  });
}

/** Waits for the promise, but no longer than this. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(timeout.resolve, ms);
  await Promise.race([promise, timeout.promise]);
  clearTimeout(timer);
}
