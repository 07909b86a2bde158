import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { Code, type ConfabError, confabError } from "../errors.ts";
import type { SessionTokens } from "../options.ts";
import { Session } from "../sessions/session.ts";
import type { Transport } from "../transport/port.ts";
import { Connection } from "./connection.ts";
import type { ConnectionState } from "./state.ts";
import type { FrameHandler } from "./stream.ts";

type FrameInit = NonNullable<MessageInitShape<typeof v1.FrameSchema>["frame"]>;
/** The frames of a stream, and possibly the error that ends it. */
type Script = readonly (FrameInit | Error)[];

/** Far longer than anything takes on a slow and busy machine: only what hangs fails by it. */
const HANG_MS = 60_000;
const READY: FrameInit = { case: "ready", value: { heartbeatInterval: durationFromMs(25_000) } };
const drain = (ms: number): FrameInit => ({ case: "drain", value: { reconnectAfter: durationFromMs(ms) } });
const refused = (code: number, reason: string, retryAfterMs?: number): ConfabError =>
  confabError({ code, reason, message: reason, retryAfterMs });

/** A transport whose streams play one script each, and stay open after the last. */
class ScriptedTransport {
  readonly openedAtMs: number[] = [];
  readonly tokens: string[] = [];
  /** The number of positions in each hello. */
  readonly positions: number[] = [];
  refreshes = 0;
  readonly #scripts: Script[];

  constructor(scripts: readonly Script[]) {
    this.#scripts = [...scripts];
  }

  readonly transport: Transport = {
    unary: async () => {
      const number = ++this.refreshes;
      const issued = { accessToken: `access ${number}`, refreshToken: `refresh ${number}` };
      return { ...issued, expiresIn: durationFromMs(300_000) } as never;
    },
    connect: ({ rooms = [] }, { accessToken, signal }) => {
      this.positions.push(rooms.length);
      this.openedAtMs.push(performance.now());
      this.tokens.push(accessToken);
      return { frames: this.#play(this.#scripts.shift(), signal), send() {} };
    },
    reset() {},
    close() {},
  };

  async *#play(script: Script | undefined, signal: AbortSignal): AsyncGenerator<readonly v1.Frame[]> {
    for (const step of script ?? [READY]) {
      if (step instanceof Error) throw step;
      yield [create(v1.FrameSchema, { frame: step })];
    }
    signal.throwIfAborted();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw signal.reason;
  }
}

interface Started extends AsyncDisposable {
  readonly connection: Connection;
  readonly states: ConnectionState[];
  readonly ends: ConfabError[];
  readonly tokens: SessionTokens[];
}

async function start(scripted: ScriptedTransport, waitsForServer = false): Promise<Started> {
  const { transport } = scripted;
  const environment = { nowMs: Date.now, random: () => 0 };
  const closing = new AbortController();
  const tokens: SessionTokens[] = [];
  const session = await Session.open(
    { refreshToken: "refresh 0" },
    {
      transport,
      environment,
      deviceName: "",
      requestTimeoutMs: HANG_MS,
      onTokens: (issued) => tokens.push(issued),
      signal: closing.signal,
    },
  );
  const common = { transport, session, environment, closing, clientName: "test", waitsForServer };
  const connection = new Connection({ ...common, minDelayMs: 10, maxDelayMs: 20 });
  const states: ConnectionState[] = [];
  const ends: ConfabError[] = [];
  connection.state.subscribe(() => states.push(connection.state.get()));
  const handler: FrameHandler = {
    onHello: (isFresh) => (isFresh ? [] : [{ roomId: "a room", revision: 1n }]),
    onFrame() {},
    onReady() {},
    onEnd: (error) => ends.push(error),
  };
  await connection.start(handler);
  return { connection, states, ends, tokens, [Symbol.asyncDispose]: () => connection.close() };
}

async function until(isSo: () => boolean): Promise<void> {
  const lateAtMs = performance.now() + HANG_MS;
  while (!isSo()) {
    if (performance.now() > lateAtMs) throw new Error(`it was not so within ${HANG_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function untilOpened({ openedAtMs }: ScriptedTransport, streams: number): Promise<void> {
  return until(() => openedAtMs.length >= streams);
}

/** Returns the time between the openings of two consecutive streams. */
function betweenMs({ openedAtMs }: ScriptedTransport, first: number): number {
  return (openedAtMs[first + 1] ?? 0) - (openedAtMs[first] ?? 0);
}

describe("the next attempt", () => {
  test("comes no sooner than RetryInfo says", async () => {
    const scripted = new ScriptedTransport([
      [READY, refused(Code.RESOURCE_EXHAUSTED, "CONSUMER_STALLED", 150)],
    ]);
    await using started = await start(scripted);
    const { connection } = started;
    await untilOpened(scripted, 2);
    assert.ok(betweenMs(scripted, 0) >= 145);
    await connection.close();
  });

  test("comes when Drain says, without the state of being online being lost", async () => {
    const scripted = new ScriptedTransport([[READY, drain(120)]]);
    await using started = await start(scripted);
    const { connection, states } = started;
    await untilOpened(scripted, 2);
    assert.ok(betweenMs(scripted, 0) >= 115);
    await connection.online();
    assert.deepEqual(
      states.map(({ status }) => status),
      ["online"],
    );
    await connection.close();
  });

  test("comes no sooner than Drain says where the stream ends before", async () => {
    const scripted = new ScriptedTransport([
      [READY, drain(150), refused(Code.UNAVAILABLE, "SHUTTING_DOWN", 20)],
    ]);
    await using started = await start(scripted);
    const { connection, states } = started;
    await untilOpened(scripted, 2);
    assert.ok(betweenMs(scripted, 0) >= 145);
    assert.ok(states.some(({ status }) => status === "reconnecting"));
    await connection.close();
  });

  test("comes later each time that a stream is ended for what the client has sent", async () => {
    const tooLarge = refused(Code.RESOURCE_EXHAUSTED, "");
    const lost = refused(Code.UNAVAILABLE, "CONNECTION_LOST");
    const scripted = new ScriptedTransport([
      [READY, tooLarge],
      [READY, tooLarge],
      [READY, lost],
    ]);
    await using started = await start(scripted);
    const { connection, states } = started;
    await untilOpened(scripted, 4);
    const attempts = states.map((state) => (state.status === "reconnecting" ? state.attempt : null));
    assert.deepEqual(
      attempts.filter((attempt) => attempt !== null),
      [1, 2, 1],
    );
    await connection.close();
  });

  test("has no positions where the server has refused them, until a stream is ready", async () => {
    const lost = refused(Code.UNAVAILABLE, "");
    const scripted = new ScriptedTransport([
      [READY, lost],
      [refused(Code.INVALID_ARGUMENT, "TOO_MANY_IDS")],
      [lost],
      [READY, lost],
    ]);
    await using started = await start(scripted);
    await untilOpened(scripted, 5);
    assert.deepEqual(scripted.positions, [1, 1, 0, 0, 1]);
    await started.connection.close();
  });

  test("has a new token where the last was refused as expired", async () => {
    const expired = refused(16, "TOKEN_EXPIRED");
    const scripted = new ScriptedTransport([[READY, refused(Code.UNAVAILABLE, "")], [expired]]);
    await using started = await start(scripted);
    const { connection, tokens } = started;
    await untilOpened(scripted, 3);
    assert.deepEqual(scripted.tokens, ["access 1", "access 1", "access 2"]);
    assert.equal(tokens.length, 2);
    await connection.close();
  });
});

describe("there is no next attempt", () => {
  test("when the session has ended, or the account is suspended", async () => {
    for (const error of [refused(16, "SESSION_REVOKED"), refused(Code.PERMISSION_DENIED, "SUSPENDED")]) {
      const scripted = new ScriptedTransport([[READY, error]]);
      await using started = await start(scripted);
      const { connection, ends } = started;
      await assert.rejects(connection.online(AbortSignal.timeout(HANG_MS)), error);
      assert.deepEqual(ends, [error]);
      assert.deepEqual(connection.state.get(), { status: "closed", error });
      assert.equal(scripted.openedAtMs.length, 1);
    }
  });

  test("when the first has failed, unless the server is waited for", async () => {
    const error = refused(Code.UNAVAILABLE, "");
    await assert.rejects(start(new ScriptedTransport([[error]])), error);
    const scripted = new ScriptedTransport([[error], [error]]);
    await using started = await start(scripted, true);
    const { connection } = started;
    assert.equal(scripted.openedAtMs.length, 3);
    await connection.close();
    assert.deepEqual(connection.state.get(), { status: "closed" });
  });

  test("after a bug: what throws something else is not tried again", async () => {
    const scripted = new ScriptedTransport([[READY, new TypeError("a bug")]]);
    await using started = await start(scripted);
    const { ends } = started;
    await until(() => ends.length > 0);
    assert.equal(ends[0]?.message, "a bug");
    assert.equal(scripted.openedAtMs.length, 1);
  });
});

test("commands reject when their stream ends, and without a stream none is sent", async () => {
  const scripted = new ScriptedTransport([[READY, drain(20)]]);
  await using started = await start(scripted);
  const { connection } = started;
  const asking = connection.request({ case: "heartbeat", value: {} });
  await assert.rejects(asking, { reason: "CONNECTION_LOST" });
  await connection.close();
  await assert.rejects(connection.request({ case: "heartbeat", value: {} }), { reason: "CONNECTION_LOST" });
});
