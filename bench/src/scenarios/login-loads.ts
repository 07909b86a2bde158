import { v1 } from "@confab/protocol";
import { readCpu } from "../cpu.ts";
import { generate } from "../load/generate.ts";
import type { Measurement, RepeatedCall } from "../load/measure.ts";
import { type Account, ConfabClient, encode, PASSWORD, pathOf } from "../peers/client.ts";
import type { ServerProcess } from "../processes.ts";
import type { BenchOptions } from "../scenario.ts";

const { createSession, refreshSession } = v1.AuthService.method;
const { getUser } = v1.UserService.method;

const WARM_UP_MS = 1_000;
/** Sign-ins in flight. */
export const SIGN_INS_AT_ONCE = 16;
/** Calls of other users in flight meanwhile. */
export const ASKING_AT_ONCE = 4;
/** Devices that renew their tokens, in turn. */
export const DEVICES = 32;

/** The inputs and the figures of a load of one kind of call. */
export interface CallFigure {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverCpuUsPerCall: number;
}

export interface LoginStage {
  readonly confab: ServerProcess;
  readonly dataFolder: string;
  /** The handle of an account that signs in with its password. */
  readonly handle: string;
  readonly account: Account;
  readonly options: BenchOptions;
}

export async function signInWithPassword(stage: LoginStage): Promise<CallFigure> {
  return toFigure(await load(stage, passwordCall(stage), SIGN_INS_AT_ONCE));
}

export async function signInAsGuest(stage: LoginStage): Promise<CallFigure> {
  const guest = { credential: { case: "guest", value: { displayName: "guest" } } } as const;
  const call = { path: pathOf(createSession), metadata: {}, message: encode(createSession.input, guest) };
  return toFigure(await load(stage, call, SIGN_INS_AT_ONCE));
}

/** GetUser by a signed-in user, while nobody signs in. */
export async function askAlone(stage: LoginStage): Promise<CallFigure> {
  return toFigure(await load(stage, getUserCall(stage), ASKING_AT_ONCE));
}

/** GetUser while others sign in with passwords all the time. The server's CPU time is for both. */
export async function askDuringSignIns(stage: LoginStage): Promise<CallFigure> {
  const [asked] = await Promise.all([
    load(stage, getUserCall(stage), ASKING_AT_ONCE),
    load(stage, passwordCall(stage), SIGN_INS_AT_ONCE),
  ]);
  return toFigure(asked);
}

/** Each device needs the token from its last answer, so a client that decodes answers makes the calls. */
export async function renew({ confab, options }: LoginStage): Promise<CallFigure> {
  using client = new ConfabClient(confab.port);
  const tokens = await Promise.all(Array.from({ length: DEVICES }, () => guestToken(client)));
  const timesMs: number[] = [];
  const cpuBefore = readCpu(confab.pid)?.processUs ?? Number.NaN;
  const startMs = performance.now();
  const endMs = startMs + options.seconds * 1_000;
  await Promise.all(
    tokens.map(async (first) => {
      let refreshToken = first;
      for (let nowMs = performance.now(); nowMs < endMs; nowMs = performance.now()) {
        ({ refreshToken } = await client.unary(refreshSession, { refreshToken }));
        timesMs.push(performance.now() - nowMs);
      }
    }),
  );
  const seconds = (performance.now() - startMs) / 1_000;
  const cpuUs = (readCpu(confab.pid)?.processUs ?? Number.NaN) - cpuBefore;
  timesMs.sort((a, b) => a - b);
  const percentile = (share: number): number => timesMs[Math.floor((timesMs.length - 1) * share)] ?? 0;
  return {
    callsPerSecond: timesMs.length / seconds,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
    serverCpuUsPerCall: cpuUs / timesMs.length,
  };
}

async function guestToken(client: ConfabClient): Promise<string> {
  const { refreshToken } = await client.unary(createSession, {
    credential: { case: "guest", value: { displayName: "guest" } },
  });
  return refreshToken;
}

function passwordCall({ handle }: LoginStage): RepeatedCall {
  const request = { credential: { case: "password", value: { handle, password: PASSWORD } } } as const;
  return { path: pathOf(createSession), metadata: {}, message: encode(createSession.input, request) };
}

function getUserCall({ account: { metadata } }: LoginStage): RepeatedCall {
  const message = encode(getUser.input, { key: { case: "userId", value: "me" } });
  return { path: pathOf(getUser), metadata, message };
}

function load(stage: LoginStage, call: RepeatedCall, concurrency: number): Promise<Measurement> {
  const { confab, dataFolder, options } = stage;
  return generate(
    {
      ...call,
      kind: "unary",
      concurrency,
      port: confab.port,
      serverPid: confab.pid,
      dataFolder,
      warmUpMs: WARM_UP_MS,
      measureMs: options.seconds * 1_000,
    },
    options.generatorRuntime,
  );
}

function toFigure({ calls, seconds, p50Ms, p99Ms, serverCpuUs }: Measurement): CallFigure {
  return {
    callsPerSecond: calls / seconds,
    p50Ms,
    p99Ms,
    serverCpuUsPerCall: (serverCpuUs ?? Number.NaN) / calls,
  };
}
