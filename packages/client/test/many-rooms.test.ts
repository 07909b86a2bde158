import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { connectOver, type LiveStream, type Transport, UnavailableError } from "@confab/client";
import { v1 } from "@confab/protocol";
import { until } from "./support/wait.ts";

/** As many cursors as a Hello may have. */
const MAX_CURSORS = 10_000;
const ME = "me";

type FrameInit = NonNullable<MessageInitShape<typeof v1.FrameSchema>["frame"]>;

function snapshot(id: string): FrameInit {
  const self = { roomId: id, userId: ME, state: v1.MemberState.JOINED };
  return { case: "room", value: create(v1.RoomSchema, { id, title: id, revision: 1n, self }) };
}

/** Sends the frames of one stream after the other; the last stays open. Each but the last is lost after its frames. */
function scripted(streams: readonly (readonly FrameInit[])[]): {
  readonly transport: Transport;
  readonly hellos: (readonly string[])[];
} {
  const hellos: (readonly string[])[] = [];
  const answers: Record<string, unknown> = {
    CreateSession: {
      session: { id: "s" },
      accessToken: "a",
      refreshToken: "r",
      expiresIn: durationFromMs(3_600_000),
    },
    GetUser: { user: create(v1.UserSchema, { id: ME, handle: ME }) },
    GetServerInfo: { limits: {} },
    ListRelationships: { relationships: [], nextPageToken: "" },
    BatchGetUsers: { users: [] },
  };
  async function* frames(turn: number, signal: AbortSignal): LiveStream["frames"] {
    yield (streams[turn] ?? []).map((frame) => create(v1.FrameSchema, { frame }));
    yield [create(v1.FrameSchema, { frame: { case: "ready", value: {} } })];
    const error = { code: 14, reason: "", message: "the connection was lost" };
    if (turn < streams.length - 1) throw new UnavailableError(error);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }
  const transport: Transport = {
    unary: async (method) => (answers[method.name] ?? {}) as never,
    connect: ({ rooms = [] }, { signal }) => {
      hellos.push(rooms.map(({ roomId = "" }) => roomId));
      return { frames: frames(hellos.length - 1, signal), send() {} };
    },
    reset() {},
    close() {},
  };
  return { transport, hellos };
}

test("with more rooms than a Hello may name, the others come as snapshots, or have been left", async () => {
  const ids = Array.from({ length: MAX_CURSORS + 2 }, (_, index) => `room ${index}`);
  const [kept = "", left = ""] = ids.slice(MAX_CURSORS);
  const { transport, hellos } = scripted([ids.map(snapshot), [snapshot(kept)]]);
  const credential = { handle: ME, password: "a password" };
  const chat = await connectOver(transport, { ...credential, reconnect: { minDelayMs: 1, maxDelayMs: 1 } });
  await until(() => chat.rooms.get(left) === undefined, "the room that was left to go");
  assert.deepEqual(
    hellos.map(({ length }) => length),
    [0, MAX_CURSORS],
  );
  assert.ok(chat.rooms.get(kept));
  assert.equal(chat.rooms.get().length, MAX_CURSORS + 1);
  await chat.close();
});
