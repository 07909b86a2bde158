import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { GENERATE_STUBS } from "./support/python.ts";
import { readCommands, readme } from "./support/readme.ts";
import { root, runtimeProgram } from "./support/runtimes.ts";

test("the README generates the Python stubs with the command that the tests use", () => {
  assert.deepEqual(readCommands("python3 -m grpc_tools"), [GENERATE_STUBS]);
});

test("the README names every setting, with the default that the command has", () => {
  const help = execFileSync(
    runtimeProgram("node"),
    [join(root, "packages/server/bin/confab.js"), "serve", "--help"],
    { encoding: "utf8" },
  );
  const table = readme.slice(readme.indexOf("## Settings"), readme.indexOf("## Where the data is"));
  const settings = [...help.replace(/\s+/g, " ").matchAll(/\[(CONFAB_\w+)(?:, default ([^\]]+))?\]/g)];
  assert.ok(settings.length >= 12, help);
  for (const [, name = "", fallback] of settings) {
    const row = table.split("\n").find((line) => line.startsWith("| ") && line.includes(`\`${name}\``));
    assert.ok(row, `${name} is not in the README's table`);
    if (fallback) assert.ok(row.split(" | ")[1]?.includes(`\`${fallback}\``), `${name}: ${row}`);
  }
  const named = new Set(table.match(/CONFAB_\w+/g));
  for (const [, name = ""] of settings) named.delete(name);
  assert.deepEqual([...named], [], "settings of the README that don't exist");
});

test("docs/protocol.md gives refusals the codes and reasons that the server has", () => {
  const protocol = readFileSync(join(root, "docs/protocol.md"), "utf8");
  const errors = readFileSync(join(root, "packages/server/src/domain/errors.ts"), "utf8");
  const codes = readFileSync(join(root, "packages/server/src/rpc/errors.ts"), "utf8");
  const rows = [...protocol.matchAll(/^\| ([A-Z_]+) \| `([A-Z_]+)` \|/gm)];
  assert.ok(rows.length >= 25, "the table of errors is not found");
  for (const [, code, reason = ""] of rows) {
    const [, kind] = new RegExp(`^ {2}${reason}: "(\\w+)"`, "m").exec(errors) ?? [];
    const [, actual] = new RegExp(`^ {2}${kind}: status\\.(\\w+)`, "m").exec(codes) ?? [];
    assert.equal(code, actual, reason);
  }
});
