import { chmodSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Logger } from "pino";
import { OPERATOR } from "./app/admin/operator.ts";
import { type Clock, createSteadyClock } from "./app/clock.ts";
import { ExpirySweep } from "./app/expiry/expiry-sweep.ts";
import { createLimits, type Limits } from "./app/limits.ts";
import { createExternalTokens } from "./app/sessions/external-tokens.ts";
import { createUseCases, type UseCases } from "./app/use-cases.ts";
import { createBindings } from "./bindings.ts";
import { createMemoryBus } from "./bus/memory.ts";
import type { Bus } from "./bus/port.ts";
import { commonPasswords } from "./common-passwords.ts";
import type { Config } from "./config.ts";
import { heldHandles } from "./domain/users/held-handles.ts";
import { CatchUps } from "./live/catch-ups.ts";
import { Hub } from "./live/hub.ts";
import { WriteTimeouts } from "./live/write-timeouts.ts";
import { createAddressOf } from "./rpc/address.ts";
import type { Binding } from "./rpc/binding.ts";
import { Calls } from "./rpc/calls.ts";
import { createGate, createOperatorGate } from "./rpc/gate.ts";
import { plaintextCredentials, tlsCredentials } from "./rpc/grpc/credentials.ts";
import { type GrpcServer, startGrpcServer } from "./rpc/grpc/server.ts";
import { STREAM_TIMES, type StreamTimes } from "./rpc/v1/live/frames.ts";
import { createWebCalls } from "./rpc/web/calls/web-calls.ts";
import { startWebServer, type WebServer } from "./rpc/web/server.ts";
import { openStorage } from "./storage.ts";
import { GroupCommit } from "./store/group-commit.ts";
import type { Store } from "./store/port/store.ts";
import { findWebRoot } from "./web-root.ts";

/** A server that stops gives its calls this long to finish. */
const DRAIN_MS = 9_000;
const PRIVATE_FILE = 0o600;
/** The longest path that fits into a socket's address on every system that we run on (`sun_path`, with its end). */
const MAX_SOCKET_PATH_BYTES = 103;

/** A running server. Disposing of it drains: calls in flight finish, streams end, the database is closed. */
interface ConfabServer extends AsyncDisposable {
  readonly grpcPort: number;
  readonly webPort: number;
  /** Resolves with the cause when the storage has failed, so that the server can't go on. */
  readonly failed: Promise<Error>;
  /** Reads the TLS certificate again. @throws Error when it can't be used; the old one stays in use */
  reloadCertificate(): void;
}

/** Puts the parts together and starts listening. Only this file knows every part. */
export async function startServer(
  config: Config,
  log: Logger,
  overrides: PartOverrides = {},
): Promise<ConfabServer> {
  await using opened = new AsyncDisposableStack();
  const parts = await openParts({ config, log, overrides }, opened);
  const { store, useCases, limits, bindings, clock } = parts;
  await store.setDefaults({ directMessages: config.directMessages });

  const credentials = config.tls ? tlsCredentials(config.tls) : plaintextCredentials();
  const gate = createGate({
    ...useCases,
    limits,
    allowGuests: config.guests,
    clock,
    addressOf: createAddressOf(config.trustedProxies),
  });
  // Both ports share the calls, so that limits count them together.
  const environment = { gate, calls: openCalls(useCases, config.maxStreamsPerUser, opened), log };
  const webCalls = opened.use(createWebCalls(bindings, environment));
  // Closed after the calls have finished: until then /readyz answers 503 and /healthz that the process lives.
  let web: WebServer | null = null;
  let closeByMs = 0;
  opened.defer(async () => web?.close(Math.max(0, closeByMs - performance.now())));
  const grpc = await startGrpcServer({
    listenOn: { host: config.host, port: config.grpcPort },
    credentials: credentials.credentials,
    bindings,
    environment,
  });
  // Both at once, so that draining two takes no longer than one.
  const listening = [grpc];
  opened.defer(async () => void (await Promise.all(listening.map((server) => server.drain(DRAIN_MS)))));
  const operator = await listenToOperator({ parts, socket: operatorSocket(config.dataDir), log }, opened);
  if (operator) listening.push(operator);

  let isReady = true;
  web = await startWebServer({
    host: config.host,
    port: config.webPort,
    certificate: config.tls,
    corsOrigins: config.corsOrigins,
    webRoot: findWebRoot(),
    calls: webCalls,
    isReady: () => isReady,
    grpcPort: grpc.port,
    log,
  });
  opened.defer(() => {
    isReady = false;
    closeByMs = performance.now() + DRAIN_MS;
  });
  void parts.failed.then(() => {
    isReady = false;
  });
  const { port: webPort, reload } = web;
  const running = opened.move();
  return {
    grpcPort: grpc.port,
    webPort,
    failed: parts.failed,
    reloadCertificate() {
      credentials.reload();
      reload();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Serves one command of the operator, on a data folder that no server has open. */
interface CommandServer extends AsyncDisposable {
  readonly address: string;
}

/** Starts a `CommandServer`. Other commands don't find its socket: they would be cut off when this command ends. */
export async function startOperatorServer(config: Config, log: Logger): Promise<CommandServer> {
  await using opened = new AsyncDisposableStack();
  const parts = await openParts({ config, log, overrides: {} }, opened);
  const socket = join(resolve(config.dataDir), "command.sock");
  const operator = await listenToOperator({ parts, socket, log }, opened);
  if (!operator)
    throw new Error(`the path ${socket} is too long for a socket: use a shorter one for the data folder`);
  opened.defer(() => operator.drain(DRAIN_MS));
  const running = opened.move();
  return { address: `unix:${socket}`, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Returns the gRPC address of the operator's socket in a data folder that a server has open. */
export function operatorAddress(dataDir: string): string {
  return `unix:${operatorSocket(dataDir)}`;
}

function operatorSocket(dataDir: string): string {
  return join(resolve(dataDir), "operator.sock");
}

/** Parts that a server for tests replaces or wraps. */
export interface PartOverrides {
  readonly clock?: Clock;
  /** Returns at least 0 and less than 1. */
  readonly random?: () => number;
  readonly streamTimes?: StreamTimes;
  readonly wrapStore?: (store: Store) => Store;
  readonly wrapBus?: (bus: Bus) => Bus;
  readonly wrapBindings?: (bindings: readonly Binding[]) => readonly Binding[];
  /** Runs before the server listens. */
  readonly prepare?: (parts: Pick<Parts, "store" | "useCases" | "expirySweep">) => Promise<void>;
}

interface Parts {
  readonly store: Store;
  readonly useCases: UseCases;
  readonly expirySweep: ExpirySweep;
  readonly bindings: readonly Binding[];
  readonly limits: Limits | null;
  readonly clock: Clock;
  readonly failed: Promise<Error>;
}

async function openParts(
  { config, log, overrides }: { config: Config; log: Logger; overrides: PartOverrides },
  opened: AsyncDisposableStack,
): Promise<Parts> {
  const {
    clock: wall = Date.now,
    random = Math.random,
    streamTimes = STREAM_TIMES,
    wrapStore = same,
    wrapBus = same,
    wrapBindings = same,
  } = overrides;
  // A test's clock goes as the test has it.
  const clock = overrides.clock ?? createSteadyClock(wall, () => performance.now());
  const { lanes, keys, repeatHash, ...storage } = await openStorage(config, clock, opened);
  const store = wrapStore(storage.store);
  const hub = new Hub(clock);
  const bus = wrapBus(createMemoryBus());
  opened.use(bus.subscribe((event) => hub.deliver(event)));
  const writeTimeouts = opened.use(new WriteTimeouts());
  const limits = config.limits && createLimits(config.limits);
  const { identityProvider } = config;
  const useCases = createUseCases({
    store,
    commits: new GroupCommit(store, (change) => bus.publish({ change }), lanes),
    publish: (event) => bus.publish(event),
    keys,
    repeatHash,
    clock,
    commonPasswords,
    limits,
    registration: config.registration,
    allowGuests: config.guests,
    heldHandles: heldHandles(config.heldHandles),
    verifyExternalToken:
      identityProvider && (await createExternalTokens({ ...identityProvider, clock: wall })),
  });
  const { presence, userChanges } = useCases;
  opened.use(userChanges);
  opened.use(presence);
  opened.use(bus.subscribe((event) => presence.changed(event)));
  const onFailed = (err: unknown): void => log.warn({ err }, "not all that is over could be ended");
  const expirySweep = opened.use(
    new ExpirySweep({
      store,
      presence,
      userChanges,
      publish: (event) => bus.publish(event),
      clock,
      auditAddressMs: config.auditAddressMs,
      onFailed,
    }),
  );
  const sources = { store, hub, clock, catchUps: new CatchUps() };
  const bindings = createBindings(config, useCases, { sources, writeTimeouts, random, times: streamTimes });
  const failed = store.failed;
  const parts = { store, useCases, expirySweep, bindings: wrapBindings(bindings), limits, clock, failed };
  await overrides.prepare?.(parts);
  return parts;
}

function same<Part>(part: Part): Part {
  return part;
}

function openCalls(useCases: UseCases, maxStreamsPerUser: number, opened: AsyncDisposableStack): Calls {
  const calls = opened.use(new Calls({ maxStreamsPerUser }));
  opened.use(useCases.live.onEnded((sessionIds, why) => calls.endSessions(sessionIds, why)));
  opened.use(useCases.live.onUserChanged((userId) => calls.recheckUser(userId)));
  return calls;
}

/**
 * Listens to the operator on a socket in the data folder: only its owner can open that, so no other proof is needed.
 * Returns null when the socket's path is too long; the operator's commands can't reach this server then.
 */
async function listenToOperator(
  { parts, socket, log }: { parts: Parts; socket: string; log: Logger },
  opened: AsyncDisposableStack,
): Promise<GrpcServer | null> {
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH_BYTES) {
    log.warn({ socket }, "the data folder's path is too long for a socket: commands can't reach this server");
    return null;
  }
  // This process holds the lock of the data folder, so a socket in it was left behind.
  rmSync(socket, { force: true });
  opened.defer(() => rmSync(socket, { force: true }));
  const server = await startGrpcServer({
    listenOn: { socket },
    credentials: plaintextCredentials().credentials,
    bindings: parts.bindings,
    environment: {
      gate: createOperatorGate(OPERATOR, parts.clock),
      calls: openCalls(parts.useCases, Number.POSITIVE_INFINITY, opened),
      log,
    },
  });
  chmodSync(socket, PRIVATE_FILE);
  return server;
}
