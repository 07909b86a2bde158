import { chmodSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Logger } from "pino";
import type { Clock } from "./app/clock.ts";
import { Ends } from "./app/ends.ts";
import { createExternalTokens } from "./app/external-tokens.ts";
import { createLimits, type Limits } from "./app/limits.ts";
import { OPERATOR } from "./app/operator.ts";
import { createUseCases, type UseCases } from "./app/use-cases.ts";
import { createMemoryBus } from "./bus/memory.ts";
import type { Bus } from "./bus/port.ts";
import { commonPasswords } from "./common-passwords.ts";
import type { Config } from "./config.ts";
import type { User } from "./domain/users.ts";
import { openKeyFiles } from "./keys/files.ts";
import { Hub } from "./live/hub.ts";
import { StallWatch } from "./live/stall-watch.ts";
import type { Binding } from "./rpc/bind.ts";
import { Calls } from "./rpc/calls.ts";
import { plaintextCredentials, tlsCredentials } from "./rpc/credentials.ts";
import { createGate, createOperatorGate } from "./rpc/gate.ts";
import { type GrpcServer, startGrpcServer } from "./rpc/grpc.ts";
import { simpleChat } from "./rpc/simple-chat.ts";
import { simpleUser } from "./rpc/simple-user.ts";
import { signalHandlers } from "./rpc/v1/activity.ts";
import { adminService } from "./rpc/v1/admin.ts";
import { authService } from "./rpc/v1/auth.ts";
import { chatService, messageHandlers } from "./rpc/v1/chat.ts";
import { liveHandlers } from "./rpc/v1/connect.ts";
import { STREAM_TIMES, type StreamTimes } from "./rpc/v1/frames.ts";
import { roomService } from "./rpc/v1/room.ts";
import { userService } from "./rpc/v1/user.ts";
import { startWebServer, type WebServer } from "./rpc/web.ts";
import { GroupCommit } from "./store/group-commit.ts";
import type { Store } from "./store/port/store.ts";
import { openSqliteStore } from "./store/sqlite/store.ts";
import { version } from "./version.ts";

/** How long a server that stops gives its calls to finish. */
const DRAIN_MS = 9_000;
const PRIVATE_FILE = 0o600;
/** What fits into a socket's address on every system that we run on (sun_path, with its end). */
const MAX_SOCKET_PATH_BYTES = 103;

/** A running server. Disposing of it drains: calls in flight finish, streams end, the database is closed. */
export interface ConfabServer extends AsyncDisposable {
  readonly grpcPort: number;
  readonly webPort: number;
  /** Resolves, with the cause, when the server can't go on: its storage has failed. */
  readonly failed: Promise<Error>;
  /** Reads the TLS certificate again. @throws Error when it can't be used; the old one stays in use */
  reloadCertificate(): void;
}

/** Puts the parts together and starts listening. The only place that knows every part. */
export async function startServer(
  config: Config,
  log: Logger,
  overrides: PartOverrides = {},
): Promise<ConfabServer> {
  await using opened = new AsyncDisposableStack();
  const parts = await openParts({ config, log, overrides }, opened);
  const { useCases, limits, bindings, clock } = parts;

  const credentials = config.tls ? tlsCredentials(config.tls) : plaintextCredentials();
  const gate = createGate({ ...useCases, limits, allowGuests: config.guests, clock });
  // Closed after the calls have finished: until then /readyz says 503 and /healthz that the process lives.
  let web: WebServer | null = null;
  opened.defer(async () => web?.close());
  const grpc = await startGrpcServer({
    address: `${config.host.includes(":") ? `[${config.host}]` : config.host}:${config.grpcPort}`,
    credentials: credentials.credentials,
    bindings,
    environment: { gate, calls: openCalls(useCases, opened), log },
  });
  // Both at once: together they have the time that one of them has.
  const listening = [grpc];
  opened.defer(async () => void (await Promise.all(listening.map((server) => server.drain(DRAIN_MS)))));
  const operator = await listenToOperator({ parts, socket: operatorSocket(config.dataDir), log }, opened);
  if (operator) listening.push(operator);

  let isReady = true;
  web = await startWebServer({
    host: config.host,
    port: config.webPort,
    certificate: config.tls,
    isReady: () => isReady,
    grpcPort: grpc.port,
  });
  opened.defer(() => {
    isReady = false;
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

/** Serves one command of the operator alone, on a data folder that no server has open. */
export interface CommandServer extends AsyncDisposable {
  readonly address: string;
}

/** Its socket is not the one that other commands look for: theirs would be cut off when this one ends. */
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

/** The operator's own socket in a data folder that a server has open, as gRPC names it. */
export function operatorAddress(dataDir: string): string {
  return `unix:${operatorSocket(dataDir)}`;
}

function operatorSocket(dataDir: string): string {
  return join(resolve(dataDir), "operator.sock");
}

/** What a server for tests has in the place of an ordinary part, or around one. */
export interface PartOverrides {
  readonly clock?: Clock;
  /** At least 0 and less than 1. */
  readonly random?: () => number;
  readonly streamTimes?: StreamTimes;
  readonly wrapStore?: (store: Store) => Store;
  readonly wrapBus?: (bus: Bus) => Bus;
  readonly wrapBindings?: (bindings: readonly Binding[]) => readonly Binding[];
  /** Runs before the server listens. */
  readonly prepare?: (parts: Pick<Parts, "store" | "useCases" | "ends">) => Promise<void>;
}

interface Parts {
  readonly store: Store;
  readonly useCases: UseCases;
  readonly ends: Ends;
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
    clock = Date.now,
    random = Math.random,
    streamTimes = STREAM_TIMES,
    wrapStore = same,
    wrapBus = same,
    wrapBindings = same,
  } = overrides;
  const store = wrapStore(opened.use(await openSqliteStore(config.dataDir)));
  const hub = new Hub(clock);
  const bus = wrapBus(createMemoryBus());
  opened.use(bus.subscribe((event) => hub.deliver(event)));
  const stallWatch = opened.use(new StallWatch());
  const limits = config.limits && createLimits(config.limits);
  const { identityProvider } = config;
  const useCases = createUseCases({
    store,
    commits: new GroupCommit(store, (change) => bus.publish({ change })),
    publish: (event) => bus.publish(event),
    keys: await openKeyFiles(join(config.dataDir, "keys"), clock),
    clock,
    commonPasswords,
    limits,
    registration: config.registration,
    verifyExternalToken: identityProvider && (await createExternalTokens({ ...identityProvider, clock })),
  });
  const { presence } = useCases;
  opened.use(presence);
  opened.use(bus.subscribe((event) => presence.changed(event)));
  const onFailed = (err: unknown): void => log.warn({ err }, "not all that is over could be ended");
  const ends = opened.use(
    new Ends({ store, presence, publish: (event) => bus.publish(event), clock, onFailed }),
  );
  const info = {
    version,
    authMethods: [
      "password",
      ...(identityProvider ? ["external_token"] : []),
      ...(config.guests ? ["guest"] : []),
    ],
    allowGuests: config.guests,
  };
  const calls = messageHandlers(useCases);
  const signals = signalHandlers(presence);
  const live = {
    sources: { store, hub, stallWatch, clock },
    send: useCases.messages.send,
    opened: ({ id, hidesPresence }: User) => presence.opened(id, hidesPresence),
    random,
    times: streamTimes,
  };
  const bindings = [
    simpleChat(useCases.messages, { store, hub, stallWatch }),
    simpleUser(useCases),
    authService({ info, ...useCases }),
    userService(useCases),
    adminService(useCases),
    roomService(useCases),
    chatService(calls, { ...signals, ...liveHandlers(live, { ...calls, ...signals }) }),
  ];
  const parts = {
    store,
    useCases,
    ends,
    bindings: wrapBindings(bindings),
    limits,
    clock,
    failed: store.failed,
  };
  await overrides.prepare?.(parts);
  return parts;
}

function same<Part>(part: Part): Part {
  return part;
}

function openCalls(useCases: UseCases, opened: AsyncDisposableStack): Calls {
  const calls = opened.use(new Calls());
  opened.use(useCases.live.onEnded((sessionIds) => calls.endSessions(sessionIds)));
  opened.use(useCases.live.onUserChanged((userId) => calls.recheckUser(userId)));
  return calls;
}

/**
 * Whoever can open the socket owns the data folder, and needs no other proof. Null where the path is longer
 * than a socket's may be: then the operator's commands can't reach this server.
 */
async function listenToOperator(
  { parts, socket, log }: { parts: Parts; socket: string; log: Logger },
  opened: AsyncDisposableStack,
): Promise<GrpcServer | null> {
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH_BYTES) {
    log.warn({ socket }, "the data folder's path is too long for a socket: commands can't reach this server");
    return null;
  }
  // The data folder is locked by this process, so a socket that is there was left behind.
  rmSync(socket, { force: true });
  opened.defer(() => rmSync(socket, { force: true }));
  const server = await startGrpcServer({
    address: `unix:${socket}`,
    credentials: plaintextCredentials().credentials,
    bindings: parts.bindings,
    environment: { gate: createOperatorGate(OPERATOR), calls: openCalls(parts.useCases, opened), log },
  });
  chmodSync(socket, PRIVATE_FILE);
  return server;
}
