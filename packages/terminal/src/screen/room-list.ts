import type { RoomInfo } from "@confab/client";
import { fitRow, justify, type Row, span } from "../rows/row.ts";
import { sanitizeLine } from "../text/sanitize.ts";

/** Marks before a room's title. */
export const roomMarks = {
  group: "#",
  direct: "@",
  broadcast: "!",
} as const satisfies Readonly<Record<RoomInfo["kind"], string>>;

const MAX_COUNT = 999;

export interface RoomListInput {
  readonly rooms: readonly RoomInfo[];
  readonly invitations: readonly RoomInfo[];
  readonly currentId: string | null;
}

/** The room list on the left: the open room, and unread counts of the others. Returns exactly this many rows. */
export function roomListRows(
  { rooms, invitations, currentId }: RoomListInput,
  columns: number,
  height: number,
): readonly Row[] {
  const invited = invitations.map(
    (info): Row => [span("+ ", { color: "green" }), span(sanitizeLine(info.title))],
  );
  const invitedRows = invited.length > 0 ? [[span("Invitations", { dim: true })], ...invited] : [];
  const below = invitedRows.slice(0, Math.floor(height / 2));
  const shown = aroundCurrent(rooms, currentId, height - below.length);
  const own =
    rooms.length > 0
      ? shown.map((info) => roomRow(info, info.id === currentId, columns - 1))
      : [[span("no rooms yet", { dim: true, italic: true })]];
  const blank = Math.max(0, height - own.length - below.length);
  return [...own, ...Array.from({ length: blank }, (): Row => []), ...below]
    .slice(0, height)
    .map((row) => fitRow([span(" "), ...row], columns));
}

function roomRow(info: RoomInfo, isCurrent: boolean, columns: number): Row {
  const { unreadCount, mentionCount } = info;
  const isUnread = unreadCount > 0 && !isCurrent;
  const style = { ...(isCurrent || isUnread ? { bold: true } : {}), ...(isCurrent ? { inverse: true } : {}) };
  const mark = span(`${roomMarks[info.kind]} `, { ...style, dim: !isCurrent });
  const name: Row = [mark, span(sanitizeLine(info.title), style)];
  const count: Row = isUnread
    ? [
        ...(mentionCount > 0
          ? [span(` @${Math.min(mentionCount, MAX_COUNT)}`, { color: "yellow", bold: true })]
          : []),
        span(` ${Math.min(unreadCount, MAX_COUNT)}${unreadCount > MAX_COUNT ? "+" : ""} `, {
          color: "cyan",
          bold: true,
        }),
      ]
    : [];
  const row = justify(name, count, columns);
  return isCurrent ? row.map((part) => ({ ...part, inverse: true })) : row;
}

/** Picks as many rooms as fit, with the open one among them. */
function aroundCurrent(
  rooms: readonly RoomInfo[],
  currentId: string | null,
  height: number,
): readonly RoomInfo[] {
  const current = rooms.findIndex(({ id }) => id === currentId);
  const first = Math.max(0, Math.min(current - height + 1, rooms.length - height));
  return rooms.slice(first, first + Math.max(0, height));
}
