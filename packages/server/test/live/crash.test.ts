import assert from "node:assert/strict";
import { test } from "node:test";
import { runtimes } from "../support/runtimes.ts";
import { crashUnderStreams } from "../torture/crash-rooms.ts";
import { chooseSeed, seededRandom } from "../torture/random.ts";

const ROUNDS = 4;

for (const runtime of runtimes) {
  test(`kill -9 under live streams, ${ROUNDS} lives on ${runtime}: each send once, each reader in order`, async (t) => {
    const seed = chooseSeed();
    t.diagnostic(`CONFAB_TEST_SEED=${seed}`);
    const report = await crashUnderStreams({ runtime, rounds: ROUNDS, random: seededRandom(seed) });
    t.diagnostic(`${report.sent} sent, ${report.stored} stored, ${report.recognised} recognised as repeats`);
    assert.deepEqual(report.problems, []);
    assert.ok(report.stored > 0);
  });
}
