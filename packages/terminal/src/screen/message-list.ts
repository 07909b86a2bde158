import type { RoomInfo, Timeline, TimelineItem } from "@confab/client";
import type { MessageAnchor, MessageKey } from "../app/ui-state.ts";
import { type Row, span } from "../rows/row.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { dayName, isSameDay } from "../text/times.ts";
import { type MessageColumns, messageRows } from "./message-rows.ts";
import { centered, rule } from "./rule.ts";
import type { ScrollList, ScrollPosition } from "./viewport.ts";

/** The inputs of a room's message list. */
export interface MessageListInput {
  readonly info: RoomInfo;
  readonly timeline: Timeline;
  readonly look: MessageColumns;
  /** The line "new" stands after this message; null for no line. */
  readonly newAfterSeq: number | null;
  readonly now: Date;
}

/** A room's messages as a list that scrolls. */
export interface MessageList extends ScrollList {
  readonly items: readonly TimelineItem[];
}

/**
 * A message's laid-out rows. They are reused while the message, the one it replies to and the columns are unchanged.
 */
interface Laid {
  readonly look: MessageColumns;
  readonly quoted: TimelineItem | undefined;
  readonly rows: readonly Row[];
}
const laid = new WeakMap<TimelineItem, Laid>();

export function messageList({ info, timeline, look, newAfterSeq, now }: MessageListInput): MessageList {
  const { items } = timeline;
  const firstNew = newAfterSeq === null ? -1 : firstNewIndex(items, newAfterSeq);
  return {
    items,
    count: items.length,
    rowsOf(index) {
      const item = items[index];
      if (!item) return [];
      const before = items[index - 1];
      return [
        ...(before ? [] : headRows(timeline, info, look.columns)),
        ...(before && isSameDay(before.createTime, item.createTime)
          ? []
          : [rule(dayName(item.createTime, now), look.columns, { dim: true })]),
        ...(index === firstNew ? [rule("new", look.columns, { color: "red" as const })] : []),
        ...rowsOfMessage(item, items, look),
      ];
    },
  };
}

/** Returns an item's key, which stays the same when the list changes. */
export function keyOf(item: TimelineItem): MessageKey {
  return item.seq > 0 ? item.seq : item.clientMessageId;
}

/** Finds a message in the list; -1 if it isn't there. Numbers ascend; items without a number are at the end. */
export function indexOfKey(items: readonly TimelineItem[], key: MessageKey): number {
  if (typeof key === "string") return items.findLastIndex((item) => keyOf(item) === key);
  const index = lowerBound(items, key);
  return items[index]?.seq === key ? index : -1;
}

/** Finds the anchor's place in the current list; the end if its message has gone. */
export function positionOf(items: readonly TimelineItem[], anchor: MessageAnchor): ScrollPosition | "end" {
  if (anchor === "end") return "end";
  const index = indexOfKey(items, anchor.key);
  return index === -1 ? "end" : { index, row: anchor.row };
}

export function anchorAt(items: readonly TimelineItem[], position: ScrollPosition | "end"): MessageAnchor {
  const item = position === "end" ? undefined : items[position.index];
  return position === "end" || !item ? "end" : { key: keyOf(item), row: position.row };
}

function rowsOfMessage(
  item: TimelineItem,
  items: readonly TimelineItem[],
  look: MessageColumns,
): readonly Row[] {
  const index = item.replyToSeq > 0 ? indexOfKey(items, item.replyToSeq) : -1;
  const quoted = items[index];
  const known = laid.get(item);
  if (known && isSameLook(known.look, look) && known.quoted === quoted) return known.rows;
  const rows = messageRows(item, quoted, look);
  laid.set(item, { look, quoted, rows });
  return rows;
}

function headRows({ hasOlder, isLoadingOlder }: Timeline, info: RoomInfo, columns: number): readonly Row[] {
  const words = hasOlder
    ? isLoadingOlder
      ? "loading older messages…"
      : "PgUp for older messages"
    : `this is the beginning of ${sanitizeLine(info.title)}`;
  return [centered([span(words, { dim: true, italic: true })], columns)];
}

function firstNewIndex(items: readonly TimelineItem[], afterSeq: number): number {
  let index = lowerBound(items, afterSeq + 1);
  while (items[index]?.isMine || items[index]?.isFromBlocked) index++;
  return index < items.length ? index : -1;
}

/** Index of the first message with this number or a greater one, or of the first without a number. */
function lowerBound(items: readonly TimelineItem[], seq: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = items[middle]?.seq ?? 0;
    if (found > 0 && found < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSameLook(one: MessageColumns, other: MessageColumns): boolean {
  return (
    one.columns === other.columns &&
    one.nameWidth === other.nameWidth &&
    one.numberWidth === other.numberWidth
  );
}
