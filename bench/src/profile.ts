import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./paths.ts";
import type { Profile } from "./scenario.ts";
import type { Table } from "./table.ts";

const TOP_LINES = 25;
const IDLE = "(idle)";

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
}

/** Options that make a runtime write a profile of each thread into this folder when it exits. */
export function profilingOptions(folder: string): readonly string[] {
  return ["--cpu-prof", "--cpu-prof-dir", folder];
}

/** Makes one table a thread, with the most expensive functions first. Bun profiles its main thread only. */
export function readProfiles(folder: string, subject: string): readonly Profile[] {
  return readdirSync(folder)
    .sort()
    .map((name) => toTable(JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile))
    .map((table, thread) => ({ title: `${subject}, thread ${thread}`, table }));
}

/** Counts samples, not the time between them: Bun takes no samples while a thread sleeps. */
function toTable({ nodes, samples }: CpuProfile): Table {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, describe(callFrame)]));
  const counts = new Map<string, number>();
  let busy = 0;
  for (const id of samples) {
    const name = names.get(id) ?? "?";
    if (name === IDLE) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    busy++;
  }
  const top = [...counts].sort(([, a], [, b]) => b - a).slice(0, TOP_LINES);
  return {
    columns: ["function", "of its busy time"],
    rows: top.map(([name, count]) => [name, `${((count / busy) * 100).toFixed(1)} %`]),
  };
}

function describe({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  const name = functionName || "(anonymous)";
  if (url === "") return name;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  return `${name} ${path.replace(root, "").replace("node_modules/", "")}:${lineNumber + 1}`;
}
