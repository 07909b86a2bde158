// `node scripts/picture.js` draws docs/chat.svg, the picture in the README, from a screen that the terminal client's tests
// keep. With `--check` it fails where the picture is another.
import { readFileSync, writeFileSync } from "node:fs";

const SCREEN = "packages/terminal/test/screens/chat-80x24.txt";
const PICTURE = "docs/chat.svg";
const COLUMNS = 80;
const CELL = { width: 8.4, height: 18 };
const MARGIN = 16;
const BASELINE = 13;
const WIDE =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/u;
const nameColors = ["#56b6c2", "#98c379", "#c678dd", "#e5c07b"];

/** The colour of each part of a line, by the first rule that matches there. */
const rules = [
  { pattern: /[╭╮╰╯─│┬┴]+/y, color: () => "#5c6370" },
  { pattern: /(?<=─ )new(?= ─)/y, color: () => "#e06c75" },
  { pattern: /●/y, color: () => "#98c379" },
  {
    pattern:
      /\[\d\d:\d\d\]|this is the beginning of .*?(?= {2}|│)|(?<=─ )[A-Z]\w+ [^─]*(?= ─)|message deleted/y,
    color: () => "#7f848e",
  },
  {
    pattern: /(?<=\] +)[^\s:\]][^:]*(?=: )/y,
    color: (name) => nameColors[nameNumber(name) % nameColors.length],
  },
];
const TEXT_COLOR = "#d7dae0";
const names = [];

const svg = draw(readFileSync(SCREEN, "utf8").trimEnd().split("\n"));
if (!process.argv.includes("--check")) {
  writeFileSync(PICTURE, svg);
} else if (readFileSync(PICTURE, "utf8") !== svg) {
  process.stderr.write(`${PICTURE} does not show ${SCREEN}: run \`node scripts/picture.js\`\n`);
  process.exitCode = 1;
}

function draw(lines) {
  const width = Math.round(COLUMNS * CELL.width + 2 * MARGIN);
  const height = lines.length * CELL.height + 2 * MARGIN;
  const texts = lines.flatMap((line, row) => partsOf(fillFrame(line)).map((part) => drawPart(part, row)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A chat in Confab's terminal client">
<rect width="100%" height="100%" rx="8" fill="#1e2127"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
${texts.join("\n")}
</g>
</svg>
`;
}

/** Puts the frame's right side into its column: tmux counts some emoji as wider than they are drawn here. */
function fillFrame(line) {
  return line.endsWith("│") ? `${line.slice(0, -1)}${" ".repeat(COLUMNS - columnsOf(line))}│` : line;
}

/** Returns a line's parts of one colour without spaces at their ends, each with its first column and its columns. */
function partsOf(line) {
  const parts = [];
  let column = 0;
  let plain = null;
  for (let index = 0; index < line.length; ) {
    const found = rules
      .map((rule) => ({ rule, text: matchAt(rule.pattern, line, index) }))
      .find(({ text }) => text);
    const text = found?.text ?? firstGrapheme(line.slice(index));
    const columns = columnsOf(text);
    // A wide character stands for itself, because fonts differ in how wide they are.
    const isAlone = found !== undefined || columns > 1 || text === " ";
    if (isAlone) plain = null;
    if (found !== undefined || columns > 1) {
      const color = found ? found.rule.color(text) : TEXT_COLOR;
      parts.push({ text, column, columns, color });
    } else if (text !== " ") {
      plain ??= parts[parts.push({ text: "", column, columns: 0, color: TEXT_COLOR }) - 1];
      plain.text += text;
      plain.columns += columns;
    }
    column += columns;
    index += text.length;
  }
  return parts;
}

function drawPart({ text, column, columns, color }, row) {
  const x = (MARGIN + column * CELL.width).toFixed(1);
  const y = MARGIN + row * CELL.height + BASELINE;
  const length = (columns * CELL.width).toFixed(1);
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${color}">${escapeXml(text)}</text>`;
}

function matchAt(pattern, line, index) {
  pattern.lastIndex = index;
  return pattern.exec(line)?.[0] ?? "";
}

function firstGrapheme(text) {
  const [first] = new Intl.Segmenter("en").segment(text);
  return first.segment;
}

function columnsOf(text) {
  return [...new Intl.Segmenter("en").segment(text)].reduce(
    (sum, { segment }) => sum + (WIDE.test(segment) ? 2 : 1),
    0,
  );
}

function nameNumber(name) {
  if (!names.includes(name)) names.push(name);
  return names.indexOf(name);
}

function escapeXml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
