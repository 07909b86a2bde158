import { graphemesOf, widthOf } from "../text/graphemes.ts";
import { sanitizeText } from "../text/sanitize.ts";
import type { LineEditor } from "./line-editor.ts";

/** The input text laid out in a field of some columns and rows. */
export interface InputLayout {
  /** The visible rows, at most as many as fit. */
  readonly lines: readonly string[];
  /** The cursor's place in these rows. */
  readonly cursor: { readonly row: number; readonly column: number };
}

/** Wraps at any grapheme instead of at words, so that text near the cursor does not jump between lines. */
export function layoutInput(editor: LineEditor, columns: number, maxRows: number): InputLayout {
  const width = Math.max(1, columns);
  const lines = [""];
  let column = 0;
  let cursor = { row: 0, column: 0 };

  function put(text: string): void {
    for (const grapheme of graphemesOf(text)) {
      if (grapheme === "\n") {
        lines.push("");
        column = 0;
        continue;
      }
      const shown = sanitizeText(grapheme);
      const graphemeWidth = Math.min(widthOf(shown), width);
      if (column + graphemeWidth > width) {
        lines.push("");
        column = 0;
      }
      lines[lines.length - 1] += shown;
      column += graphemeWidth;
    }
  }

  put(editor.before);
  // After a full line, the cursor stands on the next one.
  if (column >= width) {
    lines.push("");
    column = 0;
  }
  cursor = { row: lines.length - 1, column };
  put(editor.after);

  const first = firstShown(cursor.row, lines.length, maxRows);
  return {
    lines: lines.slice(first, first + maxRows),
    cursor: { row: cursor.row - first, column: cursor.column },
  };
}

/** Shows the end of the text, unless the cursor is further up. */
function firstShown(cursorRow: number, lineCount: number, maxRows: number): number {
  return Math.max(0, Math.min(cursorRow, lineCount - maxRows));
}
