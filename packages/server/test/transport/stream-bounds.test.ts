import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { health, simple, v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { listen, type Person, register } from "../support/people.ts";
import { makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { eventually } from "../support/wait.ts";

const DEFAULT_MAX = 20;
const { receiveMessage, chat } = simple.ChatService.method;

for (const runtime of runtimes) {
  describe(`bounds of streams on ${runtime}`, async () => {
    const env = { CONFAB_MAX_STREAMS_PER_USER: "" };
    const { server, client } = await forSuite(startServerProcess({ runtime, env }));
    const ada = await register(client, "ada");
    const grace = await register(client, "grace");

    /** The refusal of one more stream of each kind; a guest has only those of the simple contract. */
    async function refusals(by: TestClient, person: Person | Record<string, never>) {
      const streams = [by.serverStream(receiveMessage, {}, person), by.bidi(chat, person)];
      if ("token" in person) {
        streams.push(by.serverStream(v1.ChatService.method.subscribe, {}, person) as never);
      }
      return Promise.all(
        streams.map((stream) => refusalOf(new Promise((_, reject) => stream.once("error", reject)))),
      );
    }

    test("one user has 20 streams, over whatever connections, and nobody else is refused", async () => {
      const clients = Array.from({ length: 4 }, () => new TestClient(server.address));
      const readers = await Promise.all(
        Array.from({ length: DEFAULT_MAX - 1 }, (_, index) =>
          LiveReader.open(clients[index % 4] ?? client, ada),
        ),
      );
      const last = await listen(client, ada);
      for (const { code, reason, retryAfterMs } of await refusals(client, ada)) {
        assert.deepEqual([code, reason], [status.RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS"]);
        assert.ok(retryAfterMs);
      }
      cancel(await listen(client, grace));
      cancel(last);
      await eventually(async () => {
        const stream = client.serverStream(receiveMessage, {}, ada);
        const isOpen = await Promise.race([
          once(stream, "metadata").then(() => true),
          once(stream, "error").then(() => false),
        ]).catch(() => false);
        cancel(stream);
        return isOpen;
      }, "room for another stream");
      for (const reader of readers) reader[Symbol.dispose]();
      for (const each of clients) each[Symbol.dispose]();
    });

    test("streams without a token count for their address", async () => {
      const open = await Promise.all(Array.from({ length: DEFAULT_MAX }, () => listen(client, {})));
      for (const { reason } of await refusals(client, {})) assert.equal(reason, "TOO_MANY_STREAMS");
      cancel(await listen(client, grace));
      for (const stream of open) cancel(stream);
    });

    test("a Hello names 1,000 rooms that its sender is not in, and no more", async () => {
      const hello = (count: number) => ({
        hello: {
          rooms: Array.from({ length: count }, (_, index) => ({ roomId: `no${index}`, revision: 1n })),
        },
      });
      const { subscribe, connect } = v1.ChatService.method;
      const few = client.serverStream(subscribe, hello(1_000), ada);
      const gaps: v1.Gap[] = [];
      few.on("data", ({ frames }: v1.SubscribeResponse) => {
        for (const { frame } of frames) if (frame.case === "gap") gaps.push(frame.value);
      });
      await eventually(() => gaps.length === 1_000, "gap for each room");
      cancel(few);
      const command = { case: "hello", value: hello(1_001).hello } as const;
      const connected = client.bidi(connect, ada);
      connected.write({ command });
      // Both at once: the one may be refused before the other.
      const refusals = [connected, client.serverStream(subscribe, hello(1_001), ada)].map((stream) =>
        refusalOf(new Promise((_, reject) => stream.resume().once("error", reject))),
      );
      for (const { code, reason, field } of await Promise.all(refusals)) {
        assert.deepEqual([code, reason, field], [status.INVALID_ARGUMENT, "TOO_MANY_IDS", "hello.rooms"]);
      }
    });

    test("a Hello has 10,000 cursors, and no more", async () => {
      const { id: roomId } = await makeRoom(client, ada);
      const rooms = (count: number) => Array.from({ length: count }, () => ({ roomId, revision: 1n }));
      const subscribe = (cursors: readonly { readonly roomId: string; readonly revision: bigint }[]) =>
        client.serverStream(v1.ChatService.method.subscribe, { hello: { rooms: [...cursors] } }, ada);
      const stream = subscribe(rooms(10_000));
      await once(stream, "data");
      cancel(stream);
      const tooLong = [...rooms(9_999), { roomId: "x".repeat(512 * 1024), revision: 1n }];
      for (const [cursors, code, reason] of [
        [rooms(10_001), status.INVALID_ARGUMENT, "TOO_MANY_IDS"],
        [tooLong, status.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"],
      ] as const) {
        const refused = subscribe(cursors).resume();
        const refusal = await refusalOf(new Promise((_, reject) => refused.once("error", reject)));
        assert.deepEqual([refusal.code, refusal.reason], [code, reason]);
      }
    });

    test("watches of health are bounded alike, and take no place of other streams", async () => {
      const watch = () => client.serverStream(health.Health.method.watch, {});
      const open = Array.from({ length: DEFAULT_MAX }, watch);
      await Promise.all(
        open.map((stream) =>
          once(
            stream.on("error", () => {}),
            "data",
          ),
        ),
      );
      const refusal = await refusalOf(new Promise((_, reject) => watch().once("error", reject)));
      assert.equal(refusal.reason, "TOO_MANY_STREAMS");
      cancel(await listen(client, {}));
      for (const stream of open) cancel(stream);
    });
  });
}

/** Cancels a stream whose end no longer matters. */
function cancel(stream: { on(event: "error", listener: () => void): unknown; cancel(): void }): void {
  stream.on("error", () => {});
  stream.cancel();
}
