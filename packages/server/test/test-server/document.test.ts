import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, runtimeProgram } from "../support/runtimes.ts";

test("the test in docs/testing.md passes, as it stands there", () => {
  const document = readFileSync(join(root, "docs/testing.md"), "utf8");
  const [, example = ""] = /^```js\n(.*?)^```\n/ms.exec(document) ?? [];
  // Beside this file, where the packages that it imports are found; run from where the contract is.
  const file = join(import.meta.dirname, `example-${process.pid}.mjs`);
  writeFileSync(file, example);
  try {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const output = execFileSync(runtimeProgram("node"), ["--test", "--test-reporter=tap", file], {
      cwd: root,
      env,
      encoding: "utf8",
    });
    assert.match(output, /^# pass 1$/m);
    assert.match(output, /^# fail 0$/m);
  } finally {
    rmSync(file);
  }
});
