import { isLikelyAllowed, type RightsQuery, type TimelineItem } from "@confab/client";
import type { Completing, Notice } from "../app/ui-state.ts";
import { fitRow, type Row, span } from "../rows/row.ts";
import { widthOf } from "../text/graphemes.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { wrap } from "../text/wrap.ts";
import type { ChatScreenInput } from "./chat-screen-input.ts";
import { indexOfKey } from "./message-list.ts";
import { quotedText, senderName } from "./message-rows.ts";

/** Smaller screens have one row for a notice: messages come first. */
const WRAP_FROM_ROWS = 12;
const MAX_NOTICE_ROWS = 3;

/** The rows between messages and input: the writing mode (edit or reply), and the answer to the last input. */
export function noticeRows({ ui, room, size, me }: ChatScreenInput, columns: number): readonly Row[] {
  const rows: Row[] = [];
  if (ui.completing?.shown === ui.editor && ui.completing.choices.length > 1) {
    rows.push(choiceRow(ui.completing, columns));
  }
  const items = room?.timeline.items ?? [];
  if (ui.mode.kind !== "new") {
    const item = items[indexOfKey(items, ui.mode.seq)];
    const text = item ? quotedText(item) : "";
    const what = ui.mode.kind === "edit" ? "Editing" : `Replying to ${item ? senderName(item) : "a message"}`;
    rows.push([span(` ↳ ${what}`, { color: "cyan" }), span(` (Esc: don't): ${text}`, { dim: true })]);
  } else if (ui.selected !== null && !ui.panel) {
    const item = items[indexOfKey(items, ui.selected)];
    if (item) {
      const what =
        item.state === "failed" ? "/retry  /discard" : actsOn(item, { me, room: room?.info ?? null });
      const number = item.seq > 0 ? `#${item.seq} ` : "";
      rows.push([
        span(` ${number}from ${senderName(item)}`, { color: "cyan" }),
        span(` · ${what} · Esc`, { dim: true }),
      ]);
    }
  }
  if (ui.notice)
    rows.push(...answerRows(ui.notice, columns, size.rows < WRAP_FROM_ROWS ? 1 : MAX_NOTICE_ROWS));
  return rows.map((row) => fitRow(row, columns));
}

/** The commands to offer for a message. */
function actsOn({ isMine }: TimelineItem, situation: RightsQuery): string {
  const pin = isLikelyAllowed("pin", situation) ? ["/pin"] : [];
  const remove = isMine || isLikelyAllowed("delete-any", situation) ? ["/delete"] : [];
  return (isMine ? ["/edit", ...remove, "/reply", ...pin] : ["/reply", "/react 👍", ...pin, ...remove]).join(
    "  ",
  );
}

/** The choices of Tab, from the first one with which the chosen one fits. */
function choiceRow({ choices, index }: Completing, columns: number): Row {
  const labels = choices.map(({ label }) => ` ${sanitizeLine(label)} `);
  let first = 0;
  while (first < index && widthOf(labels.slice(first, index + 1).join("")) > columns) first++;
  return labels.slice(first).map((label, at) => span(label, first + at === index ? { inverse: true } : {}));
}

/** The answer to the last input, in as many rows as it needs and may have. The last one is cut to fit. */
function answerRows({ kind, text }: Notice, columns: number, maxRows: number): readonly Row[] {
  const mark = kind === "error" ? " ✗ " : " ";
  const lines = wrap(sanitizeLine(text), columns - mark.length);
  const last = lines.slice(maxRows - 1).join(" ");
  return [...lines.slice(0, maxRows - 1), ...(last === "" ? [] : [last])].map(
    (line, index): Row => [
      span(`${index === 0 ? mark : " ".repeat(mark.length)}${line}`, {
        color: kind === "error" ? "red" : "green",
      }),
    ],
  );
}
