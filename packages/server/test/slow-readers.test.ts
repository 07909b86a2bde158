import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, within } from "./support/load.ts";
import { runtimes } from "./support/runtimes.ts";
import { startServerProcess } from "./support/server-process.ts";
import { Broadcast, residentMiB, type Sequence } from "./torture/broadcast.ts";
import { Listeners, SilentListener } from "./torture/listeners.ts";

const MAX_TEXT_BYTES = 16 * 1024;
const LISTENERS = 200;
const STOPPED = 50;
/** How far the sender is ahead of the listeners who read: what they cost is not what is measured. */
const SENDS_AT_ONCE = 5;
/** What each listener that has stopped reading may cost, and what the server's memory may vary by. */
const MAX_STOPPED_MIB = 1;
const MAX_OTHER_MIB = 64;

for (const runtime of runtimes) {
  describe(`slow readers on ${runtime}`, { timeout: 120_000 }, () => {
    test("those who stop reading cost a bounded memory, the others miss nothing, and they catch up", async (t) => {
      await using server = await startServerProcess({ runtime });
      const pid = server.process.pid ?? 0;
      using broadcast = new Broadcast(server.address, MAX_TEXT_BYTES);
      await broadcast.send();
      using listeners = new Listeners(server.address, LISTENERS);
      const stopped = await Promise.all(
        Array.from({ length: STOPPED }, () => SilentListener.open(server.address)),
      );
      using never = await SilentListener.open(server.address);
      for (const listener of stopped) listener.startReading();
      const haveAll = (sequences: readonly Sequence[]) => () =>
        sequences.every(({ next }) => next === broadcast.count);
      const stoppedSequences = stopped.map(({ sequence }) => sequence);
      const sendTo = async (sequences: readonly Sequence[], count: number) => {
        let mostMiB = 0;
        for (let sent = 0; sent < count; sent++) {
          await broadcast.send();
          if (sent % SENDS_AT_ONCE === 0)
            await eventually(haveAll(sequences), "listeners that have everything", 30_000);
          mostMiB = Math.max(mostMiB, residentMiB(pid));
        }
        await eventually(haveAll(sequences), "listeners that have everything", 30_000);
        return mostMiB;
      };

      const beforeMiB = await sendTo([...listeners.sequences, ...stoppedSequences], 40);
      for (const listener of stopped) listener.stopReading();
      const mostMiB = await sendTo(listeners.sequences, 160);
      t.diagnostic(`memory: ${beforeMiB} MiB before, at most ${mostMiB} MiB`);
      assert.ok(
        mostMiB - beforeMiB <= STOPPED * MAX_STOPPED_MIB + MAX_OTHER_MIB,
        `${beforeMiB} → ${mostMiB} MiB`,
      );

      for (const listener of [...stopped, never]) listener.startReading();
      await broadcast.send();
      const everyone = [...listeners.sequences, ...stoppedSequences, never.sequence];
      await eventually(haveAll(everyone), "listeners that have caught up", 30_000);
      assert.deepEqual(
        everyone.flatMap(({ problems }) => problems),
        [],
      );
      assert.ok(everyone.every(({ first }) => first === 0));
      for (const listener of stopped) listener[Symbol.dispose]();
    });

    test("2,000 streams cancelled in the middle of messages leave nothing behind that a stop waits for", async () => {
      await using server = await startServerProcess({ runtime });
      using broadcast = new Broadcast(server.address, 1_000);
      await broadcast.send();
      using listeners = new Listeners(server.address, 2_000);
      await eventually(() => listeners.haveReached(0), "listeners", 30_000);
      const sends = Array.from({ length: 20 }, () => broadcast.send());
      await eventually(() => listeners.sequences.some(({ next }) => next > 10), "messages on their way");
      listeners.cancel();
      await Promise.all(sends);
      await broadcast.send();

      const stoppedAtMs = performance.now();
      assert.equal(await within(server.stop("SIGTERM"), "exit"), 0);
      const tookMs = performance.now() - stoppedAtMs;
      assert.ok(tookMs < 4_000, `the server waited ${Math.round(tookMs)} ms for streams that are gone`);
    });
  });
}
