import { editorText } from "../input/line-editor.ts";
import { fitRow, type Row, span } from "../rows/row.ts";
import type { Size } from "../screen/layout.ts";
import { edge } from "../screen/rule.ts";
import { fitLeft } from "../text/fit.ts";
import { graphemesOf, widthOf } from "../text/graphemes.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { wrap } from "../text/wrap.ts";
import { type FieldName, fieldsOf, isOptional, type SignInForm, ways } from "./form.ts";

const MAX_COLUMNS = 56;
const FRAME_FROM_COLUMNS = 30;
const LABEL_COLUMNS = 10;
const SPACE = 2;

const labels = {
  handle: "Handle",
  password: "Password",
  again: "Again",
  name: "Name",
} as const satisfies Readonly<Record<FieldName, string>>;

const wayLabels = { "sign in": "Sign in", register: "Register", guest: "Guest" } as const;

export interface SignInInput {
  readonly size: Size;
  readonly form: SignInForm;
  readonly address: string;
  readonly isBusy: boolean;
}

/** Lays out the sign-in screen. A password is shown as dots. */
export function signInScreen({ size, form, address, isBusy }: SignInInput): {
  rows: readonly Row[];
  cursor: { row: number; column: number };
} {
  const hasFrame = size.columns >= FRAME_FROM_COLUMNS;
  const columns = Math.max(1, Math.min(MAX_COLUMNS, size.columns) - (hasFrame ? 2 + 2 * SPACE : 0));
  const fields: readonly FieldName[] = fieldsOf[form.way];
  const fieldRows = fields.map((field) => fieldRow(form, field, columns));
  const inner: readonly Row[] = [
    [],
    wayRow(form),
    [],
    ...fieldRows.map(({ row }) => row),
    [],
    ...noteRows(form, isBusy, columns),
    [],
  ];
  const boxed = hasFrame ? box(inner, columns, address) : inner;
  const left = Math.floor((size.columns - (hasFrame ? columns + 2 + 2 * SPACE : columns)) / 2);
  const top = Math.max(0, Math.floor((size.rows - boxed.length) / 2));
  const focused = form.focus === "way" ? -1 : fields.indexOf(form.focus);
  const frameOffset = hasFrame ? 1 : 0;
  const inBox =
    focused === -1 ? { row: 1, column: 0 } : { row: 3 + focused, column: fieldRows[focused]?.cursor ?? 0 };
  return {
    rows: [...Array.from({ length: top }, (): Row => []), ...boxed]
      .slice(0, size.rows)
      .map((row) => fitRow([span(" ".repeat(Math.max(0, left))), ...row], size.columns)),
    cursor: {
      row: Math.min(size.rows - 1, top + frameOffset + inBox.row),
      column: Math.min(size.columns - 1, Math.max(0, left) + (hasFrame ? 1 + SPACE : 0) + inBox.column),
    },
  };
}

function wayRow({ way, focus }: SignInForm): Row {
  return ways
    .flatMap((each) => {
      const isChosen = each === way;
      const label = ` ${wayLabels[each]} `;
      return [span(label, isChosen ? { bold: true, inverse: focus === "way" } : { dim: true }), span(" ")];
    })
    .map((part, index) =>
      index % 2 === 0 && part.bold ? { ...part, text: `‹${part.text.slice(1, -1)}›` } : part,
    );
}

/** A label and its field, with the cursor's column. If the text is too long, its end is shown. */
function fieldRow(form: SignInForm, field: FieldName, columns: number): { row: Row; cursor: number } {
  const labelColumns = columns > LABEL_COLUMNS + 4 ? LABEL_COLUMNS : 0;
  const width = Math.max(1, columns - labelColumns - 1);
  const text = editorText(form.values[field]);
  const isSecret = field === "password" || field === "again";
  const graphemes = isSecret ? graphemesOf(text).map(() => "•") : [...graphemesOf(sanitizeLine(text))];
  let shown = graphemes.join("");
  while (widthOf(shown) > width) {
    graphemes.shift();
    shown = graphemes.join("");
  }
  const isFocused = form.focus === field;
  return {
    row: [
      span(fitLeft(labels[field], labelColumns), isFocused ? { bold: true } : { dim: true }),
      span(shown),
      span("_".repeat(Math.max(0, width - widthOf(shown))), { dim: true }),
    ],
    cursor: labelColumns + widthOf(shown),
  };
}

function noteRows(form: SignInForm, isBusy: boolean, columns: number): readonly Row[] {
  if (isBusy) return [[span("connecting…", { color: "yellow" })]];
  if (form.error !== null) {
    return wrap(sanitizeLine(form.error), columns).map((line): Row => [span(line, { color: "red" })]);
  }
  const hint =
    form.focus === "way"
      ? "← → choose · Tab next"
      : isOptional(form, form.focus)
        ? "The name that others see. Empty: your handle"
        : "Enter goes in · Tab next field · ↑ other ways in";
  return wrap(hint, columns).map((line): Row => [span(line, { dim: true })]);
}

function box(rows: readonly Row[], columns: number, address: string): readonly Row[] {
  const line = (character: string): Row => [span(character, { dim: true })];
  const space = span(" ".repeat(SPACE));
  const width = columns + 2 * SPACE;
  const title = [span("Confab", { bold: true }), span(` · ${sanitizeLine(address)}`, { dim: true })];
  return [
    [...line("╭"), ...edge(title, [], width), ...line("╮")],
    ...rows.map((row): Row => [...line("│"), space, ...fitRow(row, columns), space, ...line("│")]),
    [...line("╰"), ...edge([], [], width), ...line("╯")],
  ];
}
