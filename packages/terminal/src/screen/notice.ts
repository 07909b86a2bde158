import { fitRow, type Row, span } from "../rows/row.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import type { ChatScreenInput } from "./chat-screen.ts";
import { indexOfKey } from "./message-list.ts";
import { senderName } from "./message-rows.ts";

/** Between the messages and the input: what will become of what is written, and the answer to what was entered last. */
export function noticeRows({ ui, room }: ChatScreenInput, columns: number): readonly Row[] {
  const rows: Row[] = [];
  const items = room?.timeline.items ?? [];
  if (ui.mode.kind !== "new") {
    const item = items[indexOfKey(items, ui.mode.seq)];
    const text = item ? sanitizeLine(item.text) : "";
    const what = ui.mode.kind === "edit" ? "Editing" : `Replying to ${item ? senderName(item) : "a message"}`;
    rows.push([span(` ↳ ${what}`, { color: "cyan" }), span(` (Esc: don't): ${text}`, { dim: true })]);
  } else if (ui.selected !== null && !ui.panel) {
    const item = items[indexOfKey(items, ui.selected)];
    if (item) {
      const what =
        item.state === "failed"
          ? "/retry  /discard"
          : item.isMine
            ? "/edit  /delete  /reply  /pin"
            : "/reply  /react 👍  /pin  /delete";
      const number = item.seq > 0 ? `#${item.seq} ` : "";
      rows.push([
        span(` ${number}from ${senderName(item)}`, { color: "cyan" }),
        span(` · ${what} · Esc`, { dim: true }),
      ]);
    }
  }
  if (ui.notice) {
    const isError = ui.notice.kind === "error";
    rows.push([
      span(
        ` ${isError ? "✗ " : ""}${sanitizeLine(ui.notice.text)}`,
        isError ? { color: "red" } : { color: "green" },
      ),
    ]);
  }
  return rows.map((row) => fitRow(row, columns));
}
