import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine.ts";
import type { BenchOptions, Profile, Scenario, ScenarioResult } from "./scenario.ts";
import type { Table } from "./table.ts";
import type { Target } from "./targets.ts";

export function renderHead({ cpu, cores, memoryGib, kernel, versions }: Machine): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cores} cores of ${cpu}, ${memoryGib} GiB, ${kernel}\n${programs.join(", ")}\n`;
}

export function renderResult({ name, summary }: Scenario, { table, targets, notes }: ScenarioResult): string {
  const verdicts = targets.map(renderTarget);
  return [`${name}: ${summary}`, "", renderTable(table), "", ...notes, "", ...verdicts, ""].join("\n");
}

export function renderTarget({ claim, bound, limit, measured, isMet }: Target): string {
  return `${isMet ? "met   " : "MISSED"}  ${claim}: ${measured}, promised ${bound} ${limit}`;
}

export function renderProfile({ title, table }: Profile): string {
  return `${title}\n\n${renderTable(table)}\n`;
}

/** A result's machine, and the folder it is written to. */
interface Origin {
  readonly machine: Machine;
  readonly options: Omit<BenchOptions, "progress">;
  readonly out: string;
}

/** Writes the result as JSON. It may be committed: of the machine it names only the hardware. */
export function writeResult(
  { name, summary }: Scenario,
  result: ScenarioResult,
  { machine, options, out }: Origin,
): string {
  mkdirSync(out, { recursive: true });
  const path = join(out, `${name}.json`);
  const { seconds, rounds, generatorRuntime } = options;
  const { figures, targets, notes } = result;
  const content = {
    scenario: name,
    summary,
    machine,
    options: { seconds, rounds, generatorRuntime },
    targets,
    notes,
    figures,
  };
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  return path;
}

export function renderTable({ columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => cells[index]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
