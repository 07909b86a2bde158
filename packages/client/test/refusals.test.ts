import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Chat,
  ConfabError,
  type ConfabErrorDetails,
  ConflictError,
  connectOver,
  InvalidArgumentError,
  NotFoundError,
  PermissionError,
  QuotaError,
  type Room,
  UnauthenticatedError,
  UnavailableError,
} from "@confab/client";
import { connectAs, roomOf } from "./support/chats.ts";
import { everyCall, type Input, type NamedCall } from "./support/every-call.ts";
import { refusingTransport } from "./support/refusing-transport.ts";
import { ServerProcess } from "./support/server-process.ts";
import { connectTo, createTestServer } from "./support/test-server.ts";
import { all, HANG_MS, until } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: {
    engine: {
      owner: "ada",
      members: { grace: "member" },
      messages: Array.from({ length: 5 }, (_, index) => ({ from: "ada", text: `${index + 1}` }) as const),
    },
  },
} as const;

/** Every code of gRPC, as the SDK shows it; those that pass by themselves may have a call wait for that. */
const refusals: Readonly<
  Record<string, readonly [typeof ConfabError, Omit<ConfabErrorDetails, "reason" | "message">]>
> = {
  cancelled: [ConfabError, { code: 1 }],
  unknown: [ConfabError, { code: 2 }],
  "invalid argument": [InvalidArgumentError, { code: 3 }],
  "deadline exceeded": [UnavailableError, { code: 4 }],
  "not found": [NotFoundError, { code: 5 }],
  "already exists": [ConflictError, { code: 6 }],
  "permission denied": [PermissionError, { code: 7 }],
  "too large": [QuotaError, { code: 8 }],
  "too many for now": [QuotaError, { code: 8, retryAfterMs: 5 }],
  "too many for long": [QuotaError, { code: 8, retryAfterMs: 3_600_000 }],
  "failed precondition": [ConflictError, { code: 9 }],
  aborted: [ConflictError, { code: 10 }],
  "out of range": [InvalidArgumentError, { code: 11 }],
  unimplemented: [ConfabError, { code: 12 }],
  internal: [ConfabError, { code: 13 }],
  unavailable: [UnavailableError, { code: 14, retryAfterMs: 5 }],
  "data loss": [ConfabError, { code: 15 }],
  unauthenticated: [UnauthenticatedError, { code: 16 }],
};
const PASSING: readonly string[] = ["deadline exceeded", "too many for now", "unavailable"];

const hang = (name: string): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`${name} hangs`)), HANG_MS).unref();
  });

/** Makes a call, and returns its error; null if it succeeds. @throws Error if it does neither */
async function outcomeOf({ name, make }: NamedCall, input: Input): Promise<unknown> {
  const outcome = make(input).then(
    () => null,
    (error: unknown) => error,
  );
  return Promise.race([outcome, hang(name)]);
}

/** Returns the loops that a refused page ends; they wait as long as the server asks for. */
function loopsOf(room: Room): readonly NamedCall[] {
  return [{ name: "room.messages", make: () => all(room.messages({ afterSeq: 0 })) }];
}

describe("a call that is refused", () => {
  for (const [why, [ErrorClass, details]] of Object.entries(refusals)) {
    test(`with "${why}" is an error, whichever call it is`, async () => {
      await using server = await createTestServer({ seed });
      const { refreshToken } = await server.signIn(server.users.ada.id);
      const transport = refusingTransport(server.address);
      await using chat = await connectOver(transport, { refreshToken });
      const room = roomOf(chat, server.rooms.engine);
      const refusal = new ErrorClass({ ...details, reason: "REFUSED", message: why });
      const isPassing = PASSING.includes(why);
      const calls = everyCall(chat, room.id);
      const last = calls.at(-1)?.name;
      assert.equal(last, "chat.signOut");
      for (const call of [...(isPassing || details.retryAfterMs ? [] : loopsOf(room)), ...calls]) {
        const isLost = room.id !== chat.rooms.get(room.id)?.id;
        if (isLost && call.name.startsWith("room.")) continue;
        const { refused } = transport;
        transport.refusal = refusal;
        const outcome = outcomeOf(call, { text: "text", name: "somebody", names: ["somebody"], seq: 1 });
        let isDone = false;
        void outcome
          .catch(() => {})
          .then(() => {
            isDone = true;
          });
        // Calls that wait for a temporary refusal to end go on then.
        await until(() => isDone || (isPassing && transport.refused > refused), call.name);
        transport.refusal = null;
        const error = await outcome;
        // Ending a session that has ended by the time of the call is no failure.
        const isEnded = call.name === "sessions.end" && why === "unauthenticated";
        if ((isPassing || isEnded) && error === null) continue;
        assert.ok(error instanceof ConfabError, `${call.name}: ${error}`);
      }
    });

    test(`with "${why}" while connecting rejects`, async () => {
      await using server = await createTestServer({ seed });
      const transport = refusingTransport(server.address);
      const refusal = new ErrorClass({ ...details, reason: "REFUSED", message: why });
      transport.refusal = refusal;
      await assert.rejects(connectOver(transport, { guest: "Linus" }), (error) => error === refusal);
    });
  }
});

/** Tries every call with this input, and then that the chat still works. */
async function tryAll(chat: Chat, room: Room, input: Input): Promise<void> {
  const calls = everyCall(chat, room.id).filter(
    ({ name }) => !["room.leave", "room.deleteRoom", "chat.signOut"].includes(name),
  );
  for (const call of calls) {
    const error = await outcomeOf(call, input);
    if (error === null) continue;
    assert.ok(error instanceof ConfabError, `${call.name}: ${error}`);
    assert.notEqual(error.code, 4, `${call.name} gets no answer`);
  }
  assert.equal((await room.send("still here")).text, "still here");
  await room.markRead();
  assert.equal((await chat.users.byHandle(chat.me.handle)).id, chat.me.id);
}

const BIG = [10_000, 100_000, 2_000_000];

describe("a call that is too large", () => {
  for (const size of BIG) {
    const text = "x".repeat(size);
    const names = Array.from({ length: size / 400 }, () => crypto.randomUUID());
    const input = { text, name: text, names, seq: 1 };

    test(`with ${size} bytes is refused on Node, and the chat goes on`, async () => {
      await using server = await createTestServer({ seed });
      await using chat = await connectAs(server, "ada");
      await tryAll(chat, roomOf(chat, server.rooms.engine), input);
    });

    test(`with ${size} bytes is refused on Bun, and the chat goes on`, async () => {
      await using server = new ServerProcess();
      await server.start();
      const register = { handle: "ada", password: "correct horse battery" };
      await using chat = await connectTo(server.address, { register, requestTimeoutMs: HANG_MS });
      const room = await chat.rooms.create({ title: "engine" });
      await room.send("1");
      await tryAll(chat, room, input);
    });
  }
});

test("numbers and dates that are none are refused, and nothing hangs after them", async () => {
  await using server = await createTestServer({ seed });
  await using chat = await connectAs(server, "ada");
  const room = roomOf(chat, server.rooms.engine);
  const graceId = server.users.grace.id;
  for (const number of [Number.NaN, 1.5, -1, Number.NEGATIVE_INFINITY, 2 ** 60]) {
    const refused: readonly (() => unknown)[] = [
      () => room.message(number),
      () => room.edit(number, "text"),
      () => room.delete(number),
      () => room.react(number, "👍"),
      () => room.unreact(number, "👍"),
      () => room.reactions(number),
      () => room.removeReactions(number, "👍"),
      () => room.pin(number),
      () => room.unpin(number),
      () => room.markRead(number),
      () => room.messages({ afterSeq: number }),
      () => room.messages({ last: number }),
      () => room.send("text", { replyToSeq: number }),
      () => room.send("text", { threadRootSeq: number }),
      () => room.send("text", { ttlMs: number }),
      () => room.update({ slowModeMs: number }),
      () => room.update({ retentionMs: number }),
      () => room.update({ maxMembers: number }),
      () => room.update({ requiredLikes: number }),
      () => room.updateMember(graceId, { mutedUntil: new Date(Number.NaN) }),
      () => room.updateMember(graceId, { expireTime: new Date(Number.NaN) }),
    ];
    for (const call of refused) {
      await assert.rejects(async () => call(), InvalidArgumentError, `${call} with ${number}`);
    }
  }
  const stored = room.timeline.get().items.filter(({ state }) => state === "sent");
  assert.equal(stored.at(-1)?.text, "5");
  await room.markRead(3);
  await room.markRead();
  assert.equal((await room.send("still here")).seq, 6);
});
