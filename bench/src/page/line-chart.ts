import type { Chart, ChartLine, ChartPoint } from "../chart.ts";
import { escapeText } from "./escape.ts";

const WIDTH = 680;
const HEIGHT = 340;
const LEFT = 64;
const RIGHT = 190;
const TOP = 20;
const BOTTOM = 56;
const INNER_WIDTH = WIDTH - LEFT - RIGHT;
const INNER_HEIGHT = HEIGHT - TOP - BOTTOM;
const Y_TICKS = 5;
/** The smallest distance between two names at the ends of lines. */
const LINE_HEIGHT = 18;

/** Turns figures into positions in the picture. */
interface Scale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** Draws a chart as SVG: the x axis in powers of ten, the y axis from zero. Its colours come from the page. */
export function toLineChart({ title, xLabel, yLabel, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return "";
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const step = niceStep(Math.max(...points.map(({ y }) => y)) / Y_TICKS);
  const most = step * Math.ceil(Math.max(...points.map(({ y }) => y)) / step);
  const scale = toScale(xs, most);
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(title)}">`,
    ...Array.from({ length: Math.round(most / step) + 1 }, (_, tick) => yTick(tick * step, scale)),
    ...xs.map((x) => xTick(x, scale)),
    `<text class="label" x="${LEFT + INNER_WIDTH / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escapeText(xLabel)}</text>`,
    `<text class="label" x="${LEFT - 44}" y="${TOP - 6}">${escapeText(yLabel)}</text>`,
    ...lines.map((line, index) => toLine(line, index, scale)),
    ...toNames(lines, scale),
    "</svg>",
  ].join("\n");
}

function toScale(xs: readonly number[], most: number): Scale {
  const first = Math.log10(xs[0] ?? 1);
  const span = Math.log10(xs.at(-1) ?? 1) - first || 1;
  return {
    x: (value) => LEFT + ((Math.log10(value) - first) / span) * INNER_WIDTH,
    y: (value) => TOP + INNER_HEIGHT - (value / most) * INNER_HEIGHT,
  };
}

/** Rounds up to 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((times) => times * power >= least) ?? 10) * power;
}

function yTick(value: number, { y }: Scale): string {
  const at = y(value).toFixed(1);
  const text = Number(value.toPrecision(3)).toLocaleString("en");
  return `<line class="grid" x1="${LEFT}" x2="${LEFT + INNER_WIDTH}" y1="${at}" y2="${at}"/><text x="${LEFT - 8}" y="${at}" dy="0.35em" text-anchor="end">${text}</text>`;
}

function xTick(value: number, { x }: Scale): string {
  const at = x(value).toFixed(1);
  const bottom = TOP + INNER_HEIGHT;
  return `<line class="axis" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 5}"/><text x="${at}" y="${bottom + 20}" text-anchor="middle">${value.toLocaleString("en")}</text>`;
}

function toLine({ name, points }: ChartLine, index: number, { x, y }: Scale): string {
  const path = points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(" ");
  const dots = points.map(
    (point) =>
      `<circle cx="${x(point.x).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="4"><title>${escapeText(`${name}, ${point.x.toLocaleString("en")}: ${point.y}`)}</title></circle>`,
  );
  return `<g class="line-${index}"><polyline points="${path}"/>${dots.join("")}</g>`;
}

/** Puts each line's name and last figure at its end. Moves them apart if they would overlap. */
function toNames(lines: readonly ChartLine[], { y }: Scale): readonly string[] {
  const ends = lines
    .map(({ name, points }, index) => ({ name, index, last: points.at(-1) }))
    .filter((end): end is typeof end & { last: ChartPoint } => end.last !== undefined)
    .sort((a, b) => b.last.y - a.last.y);
  let free = 0;
  return ends.map(({ name, index, last }) => {
    const at = Math.max(y(last.y), free);
    free = at + LINE_HEIGHT;
    return `<text class="name line-${index}" x="${LEFT + INNER_WIDTH + 10}" y="${at.toFixed(1)}" dy="0.35em">${escapeText(`${name}: ${last.y}`)}</text>`;
  });
}
