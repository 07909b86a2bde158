import { health as healthContract } from "@confab/protocol";
import { Server, type ServerCredentials } from "@grpc/grpc-js";
import { joinHostPort } from "../../domain/addresses.ts";
import type { Binding } from "../binding.ts";
import { Calls } from "../calls.ts";
import type { CallEnvironment } from "../environment.ts";
import { listenError } from "../listen-error.ts";
import { bind } from "./bind.ts";
import { takeOverGrpcLog } from "./grpc-log.ts";
import { Health } from "./health.ts";
import { reflectionBindings } from "./reflection.ts";
import { guardRequestHeaders } from "./request-headers.ts";
import { UnfinishedRequests } from "./unfinished-requests.ts";

/**
 * The most bytes of one request, decompressed, that the transport reads before it refuses the request. Above the limit
 * of `decode`, whose refusal explains more, and small enough to cost the server little.
 */
const MAX_TRANSPORT_BYTES = 1024 * 1024;
const KEEPALIVE_TIME_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
const MAX_STREAMS_PER_CONNECTION = 1_000;

/** After the last call, connections have this long to close by themselves. */
const CLOSE_CONNECTIONS_MS = 5_000;
/** Connections that did not close by themselves have this long to be gone. */
const DESTROY_MS = 500;

export interface GrpcServer {
  /** The port that it listens on: a free one, if the address asked for port 0. */
  readonly port: number;
  /** Turns health to NOT_SERVING, refuses new calls, ends the streams, lets calls in flight finish, and closes. */
  drain(maxMs: number): Promise<void>;
}

interface GrpcServerOptions {
  readonly listenOn: { readonly host: string; readonly port: number } | { readonly socket: string };
  readonly credentials: ServerCredentials;
  readonly bindings: readonly Binding[];
  readonly environment: CallEnvironment;
}

/** Serves the bindings, health and reflection over gRPC. @throws Error when it can't listen on the address */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { listenOn, credentials, bindings, environment } = options;
  takeOverGrpcLog(environment.log);
  const server = new Server({
    "grpc.max_receive_message_length": MAX_TRANSPORT_BYTES,
    "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
    "grpc.max_concurrent_streams": MAX_STREAMS_PER_CONNECTION,
    "grpc.enable_channelz": 0,
  });
  const services = bindings.map((binding) => binding.service);
  const reflection = reflectionBindings([...services, healthContract.Health]);
  for (const binding of [...bindings, ...reflection]) bind(server, binding, environment);
  // It answers while the other calls are drained.
  const healthCalls = new Calls(environment.calls);
  const health = new Health(services.map((service) => service.typeName));
  bind(server, health.binding, { ...environment, calls: healthCalls });

  const boundPort = await listen(server, listenOn, credentials);
  const boundAddress = targetOf("socket" in listenOn ? listenOn : { ...listenOn, port: boundPort });
  guardRequestHeaders(server);
  const unfinished = new UnfinishedRequests(server);
  return {
    port: boundPort,
    async drain(maxMs) {
      health.stop();
      const isIdle = await within(Math.max(0, maxMs - CLOSE_CONNECTIONS_MS), environment.calls.drain());
      if (!isIdle) environment.log.warn("stopping before all calls have ended: they took too long");
      // `forceShutdown` would end no sessions: grpc-js 1.14.7 knows them only with channelz on. `drain` ends them, after
      // its grace period.
      server.drain(boundAddress, CLOSE_CONNECTIONS_MS);
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await within(CLOSE_CONNECTIONS_MS + DESTROY_MS, closed);
      healthCalls[Symbol.dispose]();
      unfinished[Symbol.dispose]();
    },
  };
}

function listen(
  server: Server,
  listenOn: GrpcServerOptions["listenOn"],
  credentials: ServerCredentials,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(targetOf(listenOn), credentials, (error, port) => {
      if (!error) resolve(port);
      else if ("host" in listenOn) reject(listenError({ ...listenOn, setting: "CONFAB_GRPC_PORT" }, error));
      else reject(new Error(`can't listen on ${listenOn.socket}: ${error.message}`, { cause: error }));
    });
  });
}

/** Returns the address in the form that grpc-js binds. */
function targetOf(listenOn: GrpcServerOptions["listenOn"]): string {
  return "socket" in listenOn ? `unix:${listenOn.socket}` : joinHostPort(listenOn.host, listenOn.port);
}

/** Waits for the promise, but at most this long. Returns false when that was not enough. */
async function within(ms: number, promise: Promise<void>): Promise<boolean> {
  const timeout = Promise.withResolvers<false>();
  const timer = setTimeout(() => timeout.resolve(false), ms);
  const isDone = await Promise.race([promise.then(() => true), timeout.promise]);
  clearTimeout(timer);
  return isDone;
}
