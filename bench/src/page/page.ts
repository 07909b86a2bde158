import { renderHead, renderTable, renderTarget } from "../report.ts";
import type { Run, ScenarioRun } from "../run.ts";
import { otherTargetsOf, promisesOf } from "../run.ts";
import { escapeText } from "./escape.ts";
import { toLineChart } from "./line-chart.ts";
import { toPromiseTable } from "./promise-bars.ts";
import { STYLE } from "./style.ts";

/** Makes one self-contained HTML file of a run. */
export function toPage(run: Run): string {
  const promises = promisesOf(run);
  const met = promises.filter(({ isMet }) => isMet).length;
  const charts = run.scenarios.flatMap(({ result }) => result?.charts ?? []);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Confab: benchmarks of ${run.date}</title>
<style>${STYLE}</style>
<h1>Confab's benchmarks</h1>
<p class="soft">${run.date}${run.options.isShort ? ", <b>a short run: not for figures</b>" : ""}<br>
${escapeText(renderHead(run.machine)).trim().replaceAll("\n", "<br>\n")}</p>
<h2>What was promised: ${met} of ${promises.length} met</h2>
<p>Confab and each peer on its better runtime, all in one run. A bar tells how many times better or worse than promised a
figure is, in powers of ten, up to ten times.</p>
${toPromiseTable(promises)}
<h2>What grows, and what it costs</h2>
<div class="charts">
${charts.map((chart) => `<section><h3>${escapeText(chart.title)}</h3>${toLineChart(chart)}</section>`).join("\n")}
</div>
<h2>Other promises</h2>
<pre>${escapeText(otherTargetsOf(run).map(renderTarget).join("\n"))}</pre>
<h2>All figures</h2>
${run.scenarios.map(toDetails).join("\n")}
</html>
`;
}

function toDetails({ scenario, result, failure, rounds, tookSeconds }: ScenarioRun): string {
  const { name, summary } = scenario;
  const what = result
    ? `<pre>${escapeText(renderTable(result.table))}</pre>\n<ul class="note">${result.notes.map((note) => `<li>${escapeText(note)}</li>`).join("")}</ul>`
    : `<p>It failed: ${escapeText(failure)}</p>`;
  return `<details><summary><b>${escapeText(name)}</b>: ${escapeText(summary)} <span class="soft">(rounds: ${rounds}, ${tookSeconds.toFixed(0)} s)</span></summary>
${what}</details>`;
}
