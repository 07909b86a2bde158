import type { TimelineItem } from "@confab/client/core";
import { keyOf } from "@confab/client/react";
import { isSameDay } from "../text/times.ts";

/** Messages of one sender within this time stand together. */
const GROUP_MS = 5 * 60_000;

/** The beginning of the room, above its first message. */
interface BeginningRow {
  readonly kind: "beginning";
  readonly key: string;
  /** The day of the first message; null if there is none. */
  readonly dayAfter: Date | null;
}

/**
 * A message in the list. What stands between two messages belongs to the row above it, so that older messages that come in
 * above change nothing of a row that is shown.
 */
export interface MessageRow {
  readonly kind: "message";
  readonly key: string;
  readonly item: TimelineItem;
  /** True if it shows its sender: the first of a group. */
  readonly isHead: boolean;
  /** The day that begins after this message; null if the next one is of the same day. */
  readonly dayAfter: Date | null;
  /** True if the next message is the first new one. */
  readonly isNewAfter: boolean;
}

export type Row = BeginningRow | MessageRow;

interface RowOptions {
  readonly items: readonly TimelineItem[];
  readonly hasOlder: boolean;
  /** The last message that was read when the room was opened; null if nothing was new. */
  readonly newAfterSeq: number | null;
  /** Keys of messages that began a page: they go on to show their sender. */
  readonly heads: ReadonlySet<string>;
}

/** Makes the rows of a timeline. Rows that have not changed stay the same objects if `before` has them. */
export function rowsOf(
  { items, hasOlder, newAfterSeq, heads }: RowOptions,
  before: ReadonlyMap<string, Row> = new Map(),
): readonly Row[] {
  const rows: Row[] = [];
  if (!hasOlder)
    rows.push(
      reused({ kind: "beginning", key: "beginning", dayAfter: items[0]?.createTime ?? null }, before),
    );
  for (const [index, item] of items.entries()) {
    const previous = items[index - 1];
    const next = items[index + 1];
    const key = keyOf(item);
    const isAfterLine = previous !== undefined && newAfterSeq !== null && previous.seq === newAfterSeq;
    const row: MessageRow = {
      kind: "message",
      key,
      item,
      isHead: !previous || isAfterLine || heads.has(key) || !isGrouped(previous, item),
      dayAfter: next && !isSameDay(item.createTime, next.createTime) ? next.createTime : null,
      isNewAfter: next !== undefined && item.seq !== 0 && item.seq === newAfterSeq,
    };
    rows.push(reused(row, before));
  }
  return rows;
}

function isGrouped(one: TimelineItem, other: TimelineItem): boolean {
  return (
    one.senderId === other.senderId &&
    isSameDay(one.createTime, other.createTime) &&
    other.createTime.getTime() - one.createTime.getTime() < GROUP_MS &&
    other.replyToSeq === 0
  );
}

function reused(row: Row, before: ReadonlyMap<string, Row>): Row {
  const known = before.get(row.key);
  if (known?.kind !== row.kind || known.dayAfter?.getTime() !== row.dayAfter?.getTime()) return row;
  if (known.kind === "beginning" || row.kind === "beginning") return known;
  const isSame =
    known.item === row.item && known.isHead === row.isHead && known.isNewAfter === row.isNewAfter;
  return isSame ? known : row;
}
