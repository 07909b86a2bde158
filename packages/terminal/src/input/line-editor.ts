import { graphemesOf } from "../text/graphemes.ts";
import { sanitizeText } from "../text/sanitize.ts";

/** Text with a cursor, always between two graphemes. */
export interface LineEditor {
  readonly before: string;
  readonly after: string;
}

export const emptyEditor: LineEditor = { before: "", after: "" };

/** The most text to keep, in UTF-16 units; a message can have 16 KiB. */
const MAX_LENGTH = 64 * 1024;

export function editorText({ before, after }: LineEditor): string {
  return before + after;
}

/** Puts the cursor at the end of a text. */
export function editorWith(text: string): LineEditor {
  return { before: text, after: "" };
}

/** Inserts typed or pasted text: turns line ends into line feeds and removes invisible characters. */
export function insert({ before, after }: LineEditor, typed: string): LineEditor {
  const room = Math.max(0, MAX_LENGTH - before.length - after.length);
  const text = sanitizeTyped(typed).slice(0, room).toWellFormed();
  return onBoundary(before + text, after);
}

export function moveLeft({ before, after }: LineEditor): LineEditor {
  const last = lastGrapheme(before);
  return { before: before.slice(0, before.length - last.length), after: last + after };
}

export function moveRight({ before, after }: LineEditor): LineEditor {
  const [first = ""] = graphemesOf(after);
  return { before: before + first, after: after.slice(first.length) };
}

/** Moves to the start of the current line, not of the text. */
export function moveToLineStart({ before, after }: LineEditor): LineEditor {
  const start = before.lastIndexOf("\n") + 1;
  return { before: before.slice(0, start), after: before.slice(start) + after };
}

export function moveToLineEnd({ before, after }: LineEditor): LineEditor {
  const found = after.indexOf("\n");
  const end = found === -1 ? after.length : found;
  return { before: before + after.slice(0, end), after: after.slice(end) };
}

export function moveWordLeft({ before, after }: LineEditor): LineEditor {
  const start = wordStart(before);
  return { before: before.slice(0, start), after: before.slice(start) + after };
}

export function moveWordRight({ before, after }: LineEditor): LineEditor {
  const end = /^\s*\S*/u.exec(after)?.[0].length ?? 0;
  return { before: before + after.slice(0, end), after: after.slice(end) };
}

/** Moves one line up or down and keeps the column; null if there is no such line. */
export function moveVertically(editor: LineEditor, direction: "up" | "down"): LineEditor | null {
  const lines = editorText(editor).split("\n");
  const beforeLines = editor.before.split("\n");
  const row = beforeLines.length - 1 + (direction === "up" ? -1 : 1);
  const line = lines[row];
  if (line === undefined) return null;
  const column = graphemesOf(beforeLines.at(-1) ?? "").length;
  const kept = graphemesOf(line).slice(0, column).join("");
  return {
    before: [...lines.slice(0, row), kept].join("\n"),
    after: [line.slice(kept.length), ...lines.slice(row + 1)].join("\n"),
  };
}

export function deleteLeft({ before, after }: LineEditor): LineEditor {
  const last = lastGrapheme(before);
  return onBoundary(before.slice(0, before.length - last.length), after);
}

export function deleteRight({ before, after }: LineEditor): LineEditor {
  const [first = ""] = graphemesOf(after);
  return onBoundary(before, after.slice(first.length));
}

export function deleteWordLeft({ before, after }: LineEditor): LineEditor {
  return onBoundary(before.slice(0, wordStart(before)), after);
}

export function deleteToLineStart({ before, after }: LineEditor): LineEditor {
  return onBoundary(before.slice(0, before.lastIndexOf("\n") + 1), after);
}

export function deleteToLineEnd(editor: LineEditor): LineEditor {
  const { after } = moveToLineEnd(editor);
  return onBoundary(editor.before, after);
}

/** Removes control characters, which nobody types into a message; keeps joiners and selectors. */
function sanitizeTyped(typed: string): string {
  const lines = typed
    .replace(/\r\n?/g, "\n")
    .replace(/[\p{Cc}]/gu, (found) => (/[\n\t]/.test(found) ? found : ""));
  // A tab becomes blanks, as it is displayed, so that the cursor is where the next letter goes.
  return lines.replaceAll("\t", sanitizeText("\t"));
}

function lastGrapheme(text: string): string {
  return graphemesOf(text).at(-1) ?? "";
}

function wordStart(before: string): number {
  return before.replace(/\S*\s*$/u, "").length;
}

/** The characters left and right of the cursor may now form one grapheme. Then the cursor moves behind it. */
function onBoundary(before: string, after: string): LineEditor {
  if (before === "" || after === "") return { before, after };
  let length = 0;
  for (const grapheme of graphemesOf(before + after)) {
    if (length >= before.length) break;
    length += grapheme.length;
  }
  return { before: (before + after).slice(0, length), after: (before + after).slice(length) };
}
