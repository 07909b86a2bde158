import type { Target } from "../targets.ts";
import { escapeText } from "./escape.ts";

const WIDTH = 260;
const HEIGHT = 22;
const MIDDLE = WIDTH / 2;
/** The longest bar: this many times better or worse than promised. */
const MOST = 10;

/** One row for each promise. A bar to the right of the line is met, one to the left is missed. */
export function toPromiseTable(promises: readonly Required<Target>[]): string {
  const head = [
    "promise",
    "limit",
    "measured",
    "",
    "times worse ← promised → times better",
    "Confab",
    "beside",
    "which does not",
  ];
  return [
    '<div class="wide"><table>',
    `<thead><tr>${head.map((cell) => `<th>${escapeText(cell)}</th>`).join("")}</tr></thead>`,
    `<tbody>${promises.map(toRow).join("\n")}</tbody>`,
    "</table></div>",
  ].join("\n");
}

function toRow({ claim, bound, limit, measured, isMet, reading }: Required<Target>): string {
  const verdict = isMet ? "met" : "missed";
  const cells = [
    `<td>${escapeText(claim)}</td>`,
    `<td class="figure">${bound} ${limit.toLocaleString("en")}</td>`,
    `<td class="figure">${measured.toLocaleString("en")}</td>`,
    `<td class="${verdict}">${verdict}</td>`,
    `<td>${toBar(howGood({ bound, limit, measured }), verdict)}</td>`,
    ...[reading.confab, reading.peer ?? "", reading.peerOmits ?? ""].map(
      (text) => `<td>${escapeText(text)}</td>`,
    ),
  ];
  return `<tr>${cells.join("")}</tr>`;
}

/** Returns how many times as good as promised a figure is. */
function howGood({ bound, limit, measured }: Pick<Target, "bound" | "limit" | "measured">): number {
  return bound === "at least" ? measured / limit : limit / measured;
}

function toBar(times: number, verdict: "met" | "missed"): string {
  const share = Math.log10(Math.min(Math.max(times, 1 / MOST), MOST)) / Math.log10(MOST);
  const length = Math.max(Math.abs(share) * MIDDLE, 1);
  const ticks = [1 / MOST, 0.5, 2, MOST].map((at) => MIDDLE + (Math.log10(at) / Math.log10(MOST)) * MIDDLE);
  return [
    `<svg class="bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${times.toPrecision(2)} times as good as promised">`,
    ...ticks.map((x) => `<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${HEIGHT}"/>`),
    `<rect class="${verdict}" x="${share < 0 ? MIDDLE - length : MIDDLE}" y="4" width="${length.toFixed(1)}" height="${HEIGHT - 8}" rx="2"/>`,
    `<line class="promised" x1="${MIDDLE}" x2="${MIDDLE}" y1="0" y2="${HEIGHT}"/>`,
    `<text x="${share < 0 ? MIDDLE + 6 : MIDDLE - 6}" y="${HEIGHT / 2}" dy="0.35em" text-anchor="${share < 0 ? "start" : "end"}">${Number(times.toPrecision(2))}×</text>`,
    "</svg>",
  ].join("");
}
