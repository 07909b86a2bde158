import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, describe, test } from "node:test";
import { runtimes } from "../support/runtimes.ts";
import { temporaryFolder } from "../support/server-process.ts";
import { attacks } from "../torture/attacks/attacks.ts";
import { measureAttack } from "../torture/attacks/measure.ts";
import { buildWorld } from "../torture/attacks/world.ts";

/**
 * The short form of what `npm run torture` does: each attack on one runtime, by turns. It can't say how fast a busy
 * machine is.
 */
const SIZE = { hall: 600, heaps: [300], regulars: [150] };
const PHASES = { rounds: 1, quietMs: 500, attackMs: 2_000 };
/** Ten seconds are the promise; the rest is for a machine that does much else. */
const MAX_STOP_MS = 20_000;
/** Six times what an attack may cost: in two seconds memory does not settle, and what has no bound is far above. */
const MAX_GROWTH_MIB = 384;

describe("attacks at the default limits", async () => {
  const template = temporaryFolder();
  after(() => rmSync(template, { recursive: true }));
  const world = await buildWorld(template, SIZE);
  for (const [index, { name }] of attacks.entries()) {
    const runtime = runtimes[index % runtimes.length] ?? "node";
    test(`${name}: others are answered, and the server stops in time, on ${runtime}`, async (t) => {
      const report = await measureAttack({ runtime, attack: name, world, template, ...PHASES });
      t.diagnostic(`${report.quiet.sendP50.toFixed(1)} ms, then ${report.attacked.sendP50.toFixed(1)}`);
      assert.deepEqual([report.failures, report.exitCode], [[], 0]);
      assert.ok(report.attacked.sendP50 > 0, "someone was answered");
      assert.ok(report.stopMs < MAX_STOP_MS, `it stopped after ${report.stopMs} ms`);
      assert.ok(report.mostMiB - report.beforeMiB < MAX_GROWTH_MIB, `${report.mostMiB} MiB`);
    });
  }
});
