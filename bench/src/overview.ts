import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toPage } from "./page/page.ts";
import { renderTable, renderTarget } from "./report.ts";
import { otherTargetsOf, promisesOf, type Run } from "./run.ts";
import type { Table } from "./table.ts";
import type { Target } from "./targets.ts";

/** Makes the table printed at the end of a run. */
export function renderOverview(run: Run): string {
  const promises = promisesOf(run);
  const met = promises.filter(({ isMet }) => isMet).length;
  const failures = run.scenarios.filter(({ failure }) => failure !== "");
  const minutes = run.scenarios.reduce((sum, { tookSeconds }) => sum + tookSeconds, 0) / 60;
  return [
    `What was promised, Confab and each peer on its better runtime: ${met} of ${promises.length} met, in ${minutes.toFixed(1)} minutes`,
    "",
    renderTable(toTable(promises)),
    "",
    ...otherTargetsOf(run).map(renderTarget),
    ...failures.map(({ scenario, failure }) => `FAILED  ${scenario.name}: ${failure}`),
    "",
  ].join("\n");
}

/** Writes `latest.json` and `latest.html`. They may be committed: of the machine they name only the hardware. */
export function writeOverview(run: Run, out: string): void {
  mkdirSync(out, { recursive: true });
  const { date, machine, options } = run;
  const { seconds, rounds, listeners, runtimes, isShort } = options;
  const content = {
    date,
    machine,
    options: { seconds, rounds, listeners, runtimes, isShort },
    promises: promisesOf(run),
    otherTargets: otherTargetsOf(run),
    scenarios: run.scenarios.map(({ scenario, result, ...rest }) => ({
      name: scenario.name,
      summary: scenario.summary,
      ...rest,
      notes: result?.notes ?? [],
      table: result?.table ?? null,
      figures: result?.figures ?? null,
      charts: result?.charts ?? [],
    })),
  };
  writeFileSync(join(out, "latest.json"), `${JSON.stringify(content, null, 2)}\n`);
  writeFileSync(join(out, "latest.html"), toPage(run));
}

function toTable(promises: readonly Required<Target>[]): Table {
  return {
    columns: ["promise", "limit", "measured", "", "Confab", "beside", "which does not"],
    rows: promises.map(({ claim, bound, limit, measured, isMet, reading }) => [
      claim,
      `${bound} ${limit.toLocaleString("en")}`,
      measured.toLocaleString("en"),
      isMet ? "met" : "MISSED",
      reading.confab,
      reading.peer ?? "",
      reading.peerOmits ?? "",
    ]),
  };
}
