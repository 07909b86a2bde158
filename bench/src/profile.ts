import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./paths.ts";
import type { Table } from "./report.ts";

const TOP_LINES = 25;
const IDLE = "(idle)";

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
}

/** The options that make a runtime write a profile of each of its threads into this folder when it exits. */
export function profilingOptions(folder: string): readonly string[] {
  return ["--cpu-prof", "--cpu-prof-dir", folder];
}

/** One table a thread: where its time went, the functions that took most of it first. Bun profiles its main thread only. */
export function readProfiles(folder: string): readonly Table[] {
  return readdirSync(folder)
    .sort()
    .map((name) => toTable(JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile));
}

/** Counts samples, not the time between them: Bun takes none while a thread sleeps. */
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
