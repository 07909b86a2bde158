import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, test } from "node:test";
import { durationFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { send } from "../support/messages.ts";
import { register } from "../support/people.ts";
import { bringIn, makeRoom, membersOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";

const { signalActivity } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`what passes by itself on ${runtime}`, () => {
    test("members see typing, presence and the end of a message; the time when someone was last there outlives a restart", async () => {
      const dataDir = temporaryFolder();
      const first = await startServerProcess({ runtime, dataDir });
      const client = new TestClient(first.address);
      const [ada, grace] = [await register(client, "ada"), await register(client, "grace")];
      const room = await makeRoom(client, ada);
      await bringIn(client, { room, owner: ada }, grace);
      const reader = await LiveReader.open(client, ada);
      const startedAtMs = Date.now();
      await LiveReader.open(client, grace);
      await client.unary(signalActivity, { roomId: room.id, activity: v1.Activity.TYPING }, grace);
      await reader.until(() => reader.replicas.signals.length === 2);
      assert.equal((await membersOf(client, room, ada)).get(grace.id)?.online, true);

      const { seq } = await send(client, { room, from: ada }, { text: "brief", ttl: durationFromMs(1_000) });
      await reader.until(
        () => reader.replicas.get(room.id).messages.get(seq)?.deleted === true,
        "the tombstone",
      );
      assert.deepEqual(reader.replicas.problems, []);
      assert.equal(await first.stop("SIGTERM"), 0);
      client[Symbol.dispose]();

      await using second = await startServerProcess({ runtime, dataDir });
      using again = new TestClient(second.address);
      const seen = (await membersOf(again, room, ada)).get(grace.id);
      assert.equal(seen?.online, false);
      const lastSeenMs = seen?.lastSeenTime ? timestampMs(seen.lastSeenTime) : 0;
      assert.ok(lastSeenMs >= startedAtMs && lastSeenMs <= Date.now(), `${lastSeenMs}`);
      await second.stop("SIGTERM");
      rmSync(dataDir, { recursive: true });
    });
  });
}
