#!/usr/bin/env node
// An older runtime must get through this file, to say which one is needed.
import { readFileSync } from "node:fs";

const names = { node: "Node", bun: "Bun" };
const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const runtime = process.versions.bun === undefined ? "node" : "bun";
const version = process.versions[runtime];

if (isOlder(version, minimum(runtime))) {
  process.stderr.write(
    `confab: this is ${names[runtime]} ${version}, and Confab needs Node ${minimum("node")} or newer, or Bun ${minimum("bun")} or newer\n`,
  );
  process.exit(1);
}
const { runProgram } = await import("../dist/cli/program.js");
await runProgram(process.argv);

function minimum(name) {
  return engines[name].replace(/^>=/, "");
}

function isOlder(actual, needed) {
  const [major, minor] = actual.split(".").map(Number);
  const [neededMajor, neededMinor] = needed.split(".").map(Number);
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}
