import { type Color, type Row, type Span, span } from "../rows/row.ts";
import { fitLeft } from "../text/fit.ts";
import { widthOf } from "../text/graphemes.ts";
import { wrap } from "../text/wrap.ts";
import type { ScrollList } from "./viewport.ts";

/** One thing in a panel: a word and what there is to say about it. Its texts are sanitized. */
export interface PanelEntry {
  readonly term: string;
  readonly color?: Color;
  readonly text: string;
  /** Below the text, less prominent. */
  readonly remark?: string;
  /** Where Enter leads; either all entries of a panel lead somewhere, or none. */
  readonly opens?: PanelTarget;
}

/** What can be opened from a panel: a room, which may have to be joined, or a message in its place. */
export type PanelTarget =
  | { readonly kind: "room"; readonly roomId: string }
  | { readonly kind: "message"; readonly roomId: string; readonly seq: number };

/** What a command found out, shown in place of the messages until Esc. */
export interface Panel {
  readonly title: string;
  readonly entries: readonly PanelEntry[];
  /** What to say where there are no entries. */
  readonly empty: string;
}

const MAX_TERM_SHARE = 0.45;
const GAP = 2;

/** Whether the panel's entries are there to be opened. */
export function opensEntries({ entries }: Panel): boolean {
  return entries[0]?.opens !== undefined;
}

/** The entries of a panel as rows: terms in one column, texts in another, wrapped. The chosen one is in reverse. */
export function panelList(panel: Panel, choice: number, columns: number): ScrollList {
  const { entries } = panel;
  if (entries.length === 0) return { count: 1, rowsOf: () => textRows(panel.empty, columns, { dim: true }) };
  const widest = entries.reduce((width, { term }) => Math.max(width, widthOf(term)), 0);
  const termWidth = Math.min(widest, Math.floor(columns * MAX_TERM_SHARE));
  return {
    count: entries.length,
    rowsOf: (index) => {
      const entry = entries[index];
      if (!entry) return [];
      const rows = entryRows(entry, termWidth, columns);
      const isChosen = entry.opens !== undefined && index === choice;
      return isChosen ? rows.map((row) => row.map((part) => ({ ...part, inverse: true }))) : rows;
    },
  };
}

function entryRows(entry: PanelEntry, termWidth: number, columns: number): readonly Row[] {
  const style = { bold: true, ...(entry.color && { color: entry.color }) };
  if (termWidth === 0) return textRows(entry.text, columns, {});
  const indent = termWidth + GAP;
  const lines = wrap(entry.text, columns - indent);
  const rows = lines.map((line, index): Row => {
    const term = index === 0 ? fitLeft(entry.term, termWidth) : " ".repeat(termWidth);
    return [span(term, style), span(" ".repeat(GAP)), span(line)];
  });
  const { remark } = entry;
  if (remark === undefined) return rows;
  return [
    ...rows,
    ...wrap(remark, columns - indent).map(
      (line): Row => [span(" ".repeat(indent)), span(line, { dim: true })],
    ),
  ];
}

function textRows(text: string, columns: number, style: Omit<Span, "text">): readonly Row[] {
  return wrap(text, columns).map((line): Row => [span(line, style)]);
}
