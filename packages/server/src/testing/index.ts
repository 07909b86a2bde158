import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExpirySweep } from "../app/expiry/expiry-sweep.ts";
import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import type { LogLevel } from "../log-levels.ts";
import { type PartOverrides, startServer } from "../server.ts";
import type { SettingValues } from "../settings.ts";
import type { Store } from "../store/port/store.ts";
import { createTestClock, type TestClock } from "./clock.ts";
import { delayAnswers, dropChanges, type Faults, interrupt } from "./faults.ts";
import { breakCalls } from "./faulty-calls.ts";
import { plant, type Seed, type Seeded, type SeedParts, type SignedInUser, signIn } from "./seed.ts";

export type { TestClock } from "./clock.ts";
export type { Faults } from "./faults.ts";
export type { Seed, Seeded, SeededRoom, SeededService, SeedRoom, SeedUser, SignedInUser } from "./seed.ts";

export interface TestServerOptions<
  UserName extends string,
  RoomName extends string,
  ServiceName extends string = never,
> {
  /** The clock's first time, in milliseconds since 1970. Default: now. */
  readonly clock?: number;
  readonly seed?: Seed<UserName, RoomName, ServiceName>;
  readonly faults?: Faults;
  /** Settings of `confab serve`, by name in camel case. By default guests may sign in and rate limits are off. */
  readonly settings?: SettingValues;
  /**
   * The interval between a stream's heartbeats, and the exact age at which it ends, in milliseconds of real time.
   * Default: as in production, 25 s and half an hour.
   */
  readonly streamTimes?: { readonly heartbeatMs: number; readonly maxAgeMs: number };
  /** A data folder to keep. Default: a temporary one, removed with the server. */
  readonly dataDir?: string;
  /** The level of the log on standard error. Default: `silent`. */
  readonly logLevel?: LogLevel;
}

/** A whole server in this process. Disposing of it ends its streams and closes its database. */
export interface TestServer<
  UserName extends string,
  RoomName extends string,
  ServiceName extends string = never,
> extends Seeded<UserName, RoomName, ServiceName>,
    AsyncDisposable {
  /** The gRPC address, without TLS: `127.0.0.1:40123`. */
  readonly address: string;
  /** `http://127.0.0.1:40124` */
  readonly webAddress: string;
  readonly clock: TestClock;
  /** Opens another session of a user: for a second device, or after the tokens have expired. */
  signIn(userId: string): Promise<SignedInUser>;
}

/** Replaces `Math.random`, for example in the delay before a client comes back. */
const MIDDLE = 0.5;

/**
 * Starts the service for a test of a client: on a free port, with a clock that the test moves, with the seed's users,
 * rooms and messages, and with the faults under test.
 *
 * @throws Error when a setting is wrong, or the seed breaks a rule
 */
export async function createTestServer<
  UserName extends string = never,
  RoomName extends string = never,
  ServiceName extends string = never,
>(
  options: TestServerOptions<UserName, RoomName, ServiceName> = {},
): Promise<TestServer<UserName, RoomName, ServiceName>> {
  await using opened = new AsyncDisposableStack();
  const dataDir = options.dataDir ?? temporaryFolder(opened);
  const config = readConfig({}, { ...options.settings, grpcPort: "0", webPort: "0", dataDir });
  const prepared = Promise.withResolvers<Prepared<UserName, RoomName, ServiceName>>();
  const clock = createTestClock(options.clock ?? Date.now(), async () =>
    (await prepared.promise).expirySweep.run(),
  );
  let isSeeded = false;
  const server = opened.use(
    await startServer(config, createLog(options.logLevel ?? "silent"), {
      ...overridesFor(options.faults ?? {}, () => isSeeded),
      clock: clock.now,
      random: () => MIDDLE,
      ...(options.streamTimes && { streamTimes: options.streamTimes }),
      async prepare({ store, useCases, expirySweep }) {
        const parts = { store, useCases, clock: clock.now };
        prepared.resolve({ parts, expirySweep, seeded: await plant(parts, options.seed ?? {}) });
        isSeeded = true;
      },
    }),
  );
  const { parts, seeded } = await prepared.promise;
  const running = opened.move();
  return {
    ...seeded,
    address: `127.0.0.1:${server.grpcPort}`,
    webAddress: `http://127.0.0.1:${server.webPort}`,
    clock,
    signIn: (userId) => signIn(parts, userId),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface Prepared<UserName extends string, RoomName extends string, ServiceName extends string> {
  readonly parts: SeedParts;
  readonly expirySweep: ExpirySweep;
  readonly seeded: Seeded<UserName, RoomName, ServiceName>;
}

function overridesFor(
  { delayStore, beforeStore, dropBusEvents, ...ofCalls }: Faults,
  hasBegun: () => boolean,
): PartOverrides {
  return {
    wrapStore(store: Store) {
      const delayed = delayStore ? delayAnswers(store, delayStore, hasBegun) : store;
      return beforeStore ? interrupt(delayed, beforeStore, hasBegun) : delayed;
    },
    ...(dropBusEvents && { wrapBus: (bus) => dropChanges(bus, dropBusEvents) }),
    wrapBindings: (bindings) => breakCalls(bindings, ofCalls),
  };
}

function temporaryFolder(opened: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), `confab-test-${process.pid}-`));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
