import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The tests of what the transport must not change. */
const suites = [
  ...["changes-agree", "delivery", "messages", "optimistic", "reconnect", "refusals", "sending", "sign-in"],
  ...["timeline", "unread", "unsent"],
];

test("the client does over the web transport what it does over gRPC", async () => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const files = suites.map((name) => join(import.meta.dirname, `../${name}.test.js`));
  const options = ["--test", "--test-concurrency=2", "--test-reporter=tap"];
  const { stdout } = await run(process.execPath, [...options, ...files], {
    env: { ...env, CONFAB_TEST_TRANSPORT: "web" },
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout: string }) => error);
  const failures = stdout.match(/^ *not ok .*\n(?:(?!^ *(?:not )?ok ).*\n){0,30}/gm) ?? [];
  assert.deepEqual(failures, []);
  assert.match(stdout, /^# pass [1-9]\d+$/m);
});
