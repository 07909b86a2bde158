import { type Color, type Row, type Span, span } from "../rows/row.ts";
import { fitLeft } from "../text/fit.ts";
import { widthOf } from "../text/graphemes.ts";
import { wrap } from "../text/wrap.ts";
import type { ScrollList } from "./viewport.ts";

/** One entry of a panel: a term and its text. Both are sanitized. */
export interface PanelEntry {
  readonly term: string;
  readonly color?: Color;
  readonly text: string;
  /** True for a line of its own, without a term. */
  readonly isHeading?: true;
  /** Below the text, less prominent. */
  readonly remark?: string;
  /** The target of Enter. Either all entries of a panel have one, or none. */
  readonly opens?: PanelTarget;
}

/** A room, which may have to be joined first, or a message in its place. */
export type PanelTarget =
  | { readonly kind: "room"; readonly roomId: string }
  | { readonly kind: "message"; readonly roomId: string; readonly seq: number };

/** A command's result, shown in place of the messages until Esc. */
export interface Panel {
  readonly title: string;
  readonly entries: readonly PanelEntry[];
  /** The text for a panel without entries. */
  readonly empty: string;
}

const MAX_TERM_SHARE = 0.45;
const GAP = 2;

/** Returns true if the panel's entries can be opened. */
export function opensEntries({ entries }: Panel): boolean {
  return entries[0]?.opens !== undefined;
}

/** Lays out a panel's entries: terms in one column, wrapped texts in another. The chosen entry is reversed. */
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
  if (entry.isHeading) return textRows(entry.text, columns, { bold: true, color: "cyan" });
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
