import type { TimelineItem } from "@confab/client";
import { refusalWords } from "../error-words.ts";
import { nameColor } from "../rows/name-color.ts";
import { type Row, rowWidth, type Span, span } from "../rows/row.ts";
import { fitLeft, fitRight, truncate } from "../text/fit.ts";
import { FOLDED_TEXT } from "../text/folded.ts";
import { widthOf } from "../text/graphemes.ts";
import { sanitizeLine, sanitizeText } from "../text/sanitize.ts";
import { clockTime } from "../text/times.ts";
import { wrap } from "../text/wrap.ts";

/** Everything but the message itself that its rows depend on. */
export interface MessageColumns {
  readonly columns: number;
  readonly nameWidth: number;
  /** Digits of the largest message number; 0 if numbers are hidden. */
  readonly numberWidth: number;
}

/** Narrower screens don't align names: the text continues below them. */
const ALIGNED_FROM_COLUMNS = 48;
const TIMES_FROM_COLUMNS = 24;
const INDENT = 2;
/** The largest share of the columns for a name. */
const NAME_SHARE = 0.25;
const MIN_NAME_WIDTH = 4;

/** Lays a message out as rows: `[12:01] ada: text`, with the message it replies to above and reactions below. */
export function messageRows(
  message: TimelineItem,
  quoted: TimelineItem | undefined,
  look: MessageColumns,
): readonly Row[] {
  const prefix = prefixOf(message, look);
  const isAligned = look.columns >= ALIGNED_FROM_COLUMNS;
  const indent = isAligned ? rowWidth(prefix) : Math.min(INDENT, look.columns - 1);
  const blank = span(" ".repeat(indent));
  const width = look.columns - indent;
  const body = isAligned
    ? bodyRows(message, width, 0)
    : bodyRows(message, width, Math.max(0, rowWidth(prefix) - indent));
  const rows = body.map((row, index): Row => (index === 0 ? [...prefix, ...row] : [blank, ...row]));
  if (message.isFromBlocked) return rows;
  return [
    ...(message.replyToSeq > 0 ? [[blank, ...quoteRow(message, quoted, width)]] : []),
    ...rows,
    ...afterRows(message, width).map((row): Row => [blank, ...row]),
  ];
}

/** Returns the sender's name, or a placeholder while it is unknown. */
export function senderName({ sender }: TimelineItem): string {
  return sanitizeLine(sender.displayName) || "?";
}

function prefixOf(message: TimelineItem, { columns, nameWidth, numberWidth }: MessageColumns): Row {
  const name = senderName(message);
  const style = { color: nameColor(message.senderId), bold: message.isMine };
  const number = message.seq > 0 ? `#${message.seq}` : "";
  const time = span(`[${clockTime(message.createTime)}]`, { dim: true });
  if (columns < ALIGNED_FROM_COLUMNS) {
    const short = truncate(name, Math.max(1, Math.min(nameWidth, columns - 4)));
    const parts = [span(short, style), span(": ")];
    if (columns < TIMES_FROM_COLUMNS) return parts;
    return [time, span(numberWidth > 0 && number !== "" ? ` ${number} ` : " ", { dim: true }), ...parts];
  }
  const width = Math.max(MIN_NAME_WIDTH, Math.min(nameWidth, Math.floor(columns * NAME_SHARE)));
  return [
    time,
    ...(numberWidth > 0 ? [span(`${fitRight(number, numberWidth + 2)}`, { dim: true })] : []),
    span(` ${fitRight(name, width)}`, style),
    span(": "),
  ];
}

/** Wraps the text. The first row is shorter by `taken`, for a name that is not aligned. */
function bodyRows(message: TimelineItem, width: number, taken: number): readonly Row[] {
  const remark = remarkOn(message);
  const { text, style } = contentOf(message);
  const rows = wrap(text, width, taken).map((line): Row => [span(line, style)]);
  if (!remark) return rows;
  const last = rows.at(-1) ?? [];
  const lastTaken = rowWidth(last) + (rows.length === 1 ? taken : 0);
  if (lastTaken + 1 + widthOf(remark.text) <= width)
    return [...rows.slice(0, -1), [...last, span(" "), remark]];
  return [...rows, ...wrap(remark.text, width).map((line): Row => [{ ...remark, text: line }])];
}

function contentOf(message: TimelineItem): { text: string; style: Omit<Span, "text"> } {
  if (message.isDeleted) return { text: "message deleted", style: { dim: true, italic: true } };
  if (message.isFromBlocked) return { text: FOLDED_TEXT, style: { dim: true, italic: true } };
  if (message.text === "" && message.payloadType !== "") {
    return { text: `[${sanitizeLine(message.payloadType)}]`, style: { dim: true } };
  }
  const text = sanitizeText(message.text).trimEnd();
  switch (message.state) {
    case "sending":
      return { text, style: { dim: true } };
    case "failed":
      return { text, style: { color: "red" } };
    case "sent":
      return { text, style: message.mentionsMe && !message.isMine ? { bold: true } : {} };
    default:
      return message.state satisfies never;
  }
}

function remarkOn(message: TimelineItem): Span | null {
  if (message.state === "sending") return span("(sending…)", { dim: true });
  if (message.state === "failed") {
    const why = sanitizeLine(message.error ? refusalWords(message.error) : "it was refused");
    return span(`✗ not sent: ${why} (/retry or /discard)`, { color: "red" });
  }
  if (message.isDeleted || message.isFromBlocked) return null;
  const remarks = [
    ...(message.isEdited ? ["edited"] : []),
    ...(message.isPinned ? ["pinned"] : []),
    ...(message.expireTime ? [`until ${clockTime(message.expireTime)}`] : []),
  ];
  return remarks.length > 0 ? span(`(${remarks.join(", ")})`, { dim: true }) : null;
}

function quoteRow(message: TimelineItem, quoted: TimelineItem | undefined, width: number): Row {
  const mark = span("↳ ", { dim: true });
  if (!quoted) return [mark, span(truncate(`to message #${message.replyToSeq}`, width - 2), { dim: true })];
  const name = truncate(senderName(quoted), Math.max(1, Math.min(20, width - 6)));
  const text = quotedText(quoted);
  const rest = Math.max(0, width - 2 - widthOf(name));
  return [
    mark,
    span(name, { color: nameColor(quoted.senderId), dim: true }),
    span(truncate(`: ${text}`, rest), { dim: true }),
  ];
}

/** Returns a message's text on one line. */
export function quotedText({ isDeleted, isFromBlocked, text }: TimelineItem): string {
  if (isDeleted) return "message deleted";
  return isFromBlocked ? FOLDED_TEXT : sanitizeLine(text);
}

/** The reactions; the user's own are reversed. */
function afterRows(message: TimelineItem, width: number): readonly Row[] {
  const rows: Span[][] = [];
  let left = 0;
  for (const { emoji, count, isMine } of message.reactions) {
    const label = ` ${truncate(sanitizeLine(emoji), Math.max(1, width - 6))} ${count} `;
    const fitted = fitLeft(label, Math.min(widthOf(label), width));
    if (widthOf(fitted) > left || rows.length === 0) {
      rows.push([]);
      left = width;
    }
    rows.at(-1)?.push(span(fitted, isMine ? { inverse: true } : { dim: true }));
    left -= widthOf(fitted);
  }
  return rows;
}
