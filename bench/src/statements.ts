import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ownProgram } from "./paths.ts";

/** The options that make a server on Node count its statements, and the count so far. */
export interface StatementCount {
  readonly runtimeOptions: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  read(): number;
}

/** Counts in a file in this folder. Each statement costs a write, so don't measure times in such a run. */
export function countStatements(folder: string): StatementCount {
  const path = join(folder, "statements");
  writeFileSync(path, "");
  return {
    runtimeOptions: ["--import", pathToFileURL(ownProgram("peers/statement-counter")).href],
    env: { BENCH_STATEMENTS: path },
    read() {
      const bytes = readFileSync(path);
      let sum = 0;
      for (let at = 0; at < bytes.length; at += 8) sum += Number(bytes.readBigUInt64LE(at));
      return sum;
    },
  };
}
