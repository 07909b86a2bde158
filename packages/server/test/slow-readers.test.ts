import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertMemorySettles } from "./support/memory.ts";
import { runtimes } from "./support/runtimes.ts";
import { startServerProcess } from "./support/server-process.ts";
import { eventually, within } from "./support/wait.ts";
import { Broadcast, type Sequence } from "./torture/broadcast.ts";
import { Listeners, SilentListener } from "./torture/listeners.ts";

const MAX_TEXT_BYTES = 16 * 1024;
const LISTENERS = 50;
const STOPPED = 50;
/** The sender may be this far ahead of the listeners who read: their cost is not what is measured. */
const SENDS_AT_ONCE = 5;
const SENDS_PER_ROUND = 40;
/** A client that reads again in time gets the stream's status, another only the reset. */
const STALLED_CODES = [0, 11];
/** A stream whose client takes nothing for 30 s is ended. On a slow machine the test takes longer. */
const MAX_SILENCE_MS = 29_000;

for (const runtime of runtimes) {
  describe(`slow readers on ${runtime}`, { timeout: 600_000 }, () => {
    test("those who stop reading cost a bounded memory, the others miss nothing, and they catch up", async () => {
      await using server = await startServerProcess({ runtime });
      const pid = server.process.pid ?? 0;
      using broadcast = new Broadcast(server.address, MAX_TEXT_BYTES);
      await broadcast.send();
      using listeners = new Listeners(server.address, LISTENERS);
      const stopped = await Promise.all(
        Array.from({ length: STOPPED }, () => SilentListener.open(server.address)),
      );
      for (const listener of stopped) listener.startReading();
      const haveAll = (sequences: readonly Sequence[]) => () =>
        sequences.every(({ next }) => next === broadcast.count);
      const sendTo = async (sequences: readonly Sequence[]) => {
        for (let sent = 0; sent < SENDS_PER_ROUND; sent++) {
          await broadcast.send();
          if (sent % SENDS_AT_ONCE === 0)
            await eventually(haveAll(sequences), "listeners that have everything");
        }
        await eventually(haveAll(sequences), "listeners that have everything");
      };

      await sendTo([...listeners.sequences, ...stopped.map(({ sequence }) => sequence)]);
      const stoppedAtMs = performance.now();
      for (const listener of stopped) listener.stopReading();
      stopped.push(await SilentListener.open(server.address));
      await assertMemorySettles(pid, () => sendTo(listeners.sequences));

      for (const listener of stopped) listener.startReading();
      await broadcast.send();
      await eventually(haveAll(listeners.sequences), "listeners that have everything");
      const hasCaughtUp = ({ sequence, closeCode }: SilentListener) =>
        closeCode !== undefined || haveAll([sequence])();
      await eventually(() => stopped.every(hasCaughtUp), "listeners that have caught up");
      for (const { closeCode } of stopped.filter((listener) => listener.closeCode !== undefined)) {
        assert.ok(STALLED_CODES.includes(closeCode ?? -1), `it ended with ${closeCode}`);
        assert.ok(performance.now() - stoppedAtMs > MAX_SILENCE_MS, "ended too early");
      }
      const everyone = [...listeners.sequences, ...stopped.map(({ sequence }) => sequence)];
      assert.deepEqual(
        everyone.flatMap(({ problems }) => problems),
        [],
      );
      const ended = stopped
        .filter(({ closeCode }) => closeCode !== undefined)
        .map(({ sequence }) => sequence);
      // One that was ended before it read has nothing.
      assert.ok(everyone.every((one) => one.first === 0 || (one.first === null && ended.includes(one))));
      for (const listener of stopped) listener[Symbol.dispose]();
    });

    test("2,000 streams cancelled in the middle of messages leave nothing behind that a stop waits for", async () => {
      await using server = await startServerProcess({ runtime });
      using broadcast = new Broadcast(server.address, 1_000);
      await broadcast.send();
      using listeners = new Listeners(server.address, 2_000);
      await eventually(() => listeners.haveReached(0), "listeners");
      const sends = Array.from({ length: 20 }, () => broadcast.send());
      await eventually(() => listeners.sequences.some(({ next }) => next > 10), "messages on their way");
      listeners.cancel();
      await Promise.all(sends);
      await broadcast.send();

      assert.equal(await within(server.stop("SIGTERM"), "exit"), 0);
      assert.ok(!server.log().includes("they took too long"), server.log());
    });
  });
}
