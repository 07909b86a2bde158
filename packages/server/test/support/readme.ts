import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./runtimes.ts";

export const readme = readFileSync(join(root, "README.md"), "utf8");

/** The Python blocks, each with the output that stands under it. */
export function readPythonSession(): { code: string; output: string }[] {
  const blocks = readme.matchAll(/^```python\n(.*?)^```\n\n```text\n(.*?)^```\n/gms);
  const session = [...blocks].map(([, code = "", output = ""]) => ({ code, output }));
  assert.equal(session.length, readBlocks("python").length, "each Python block has its output under it");
  return session;
}

/** The code blocks in one language. */
export function readBlocks(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`\\n`, "gms");
  return [...readme.matchAll(fence)].map(([, code = ""]) => code);
}

/** The shell commands that begin like this. */
export function readCommands(start: string): string[] {
  return readBlocks("sh")
    .flatMap((block) => block.split("\n"))
    .filter((line) => line.startsWith(start));
}
