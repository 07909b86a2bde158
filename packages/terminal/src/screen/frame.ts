import { fitRow, type Row, span } from "../rows/row.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import type { ChatScreenInput } from "./chat-screen-input.ts";
import type { Layout } from "./layout.ts";
import { opensEntries } from "./panel.ts";
import { roomListRows, roomMarks } from "./room-list.ts";
import { edge } from "./rule.ts";

const MAX_TYPING_NAMES = 3;

/** The box: the rooms on the left, and as many rows of messages as fit in the middle. */
export function frameRows(
  input: ChatScreenInput,
  layout: Layout,
  { rows: content, isAtEnd }: { rows: readonly Row[]; isAtEnd: boolean },
): readonly Row[] {
  const { textColumns, textRows, padding, roomColumns } = layout;
  const filled = Array.from({ length: textRows }, (_, index) => fitRow(content[index] ?? [], textColumns));
  if (!layout.hasFrame) return filled;
  const line = span("│", { dim: true });
  const space = span(" ".repeat(padding));
  const corner = (character: string): Row => [span(character, { dim: true })];
  const rooms =
    roomColumns > 0
      ? roomListRows(
          { rooms: input.rooms, invitations: input.invitations, currentId: input.ui.roomId },
          roomColumns,
          textRows,
        )
      : null;
  const boxColumns = textColumns + 2 * padding;
  const [title, remark] = titleOf(input);
  const topLeft = rooms ? [...edge([span("Rooms", { bold: true })], [], roomColumns), ...corner("┬")] : [];
  const bottomLeft = rooms ? [...edge([], [], roomColumns), ...corner("┴")] : [];
  return [
    [...corner("╭"), ...topLeft, ...edge(title, remark, boxColumns), ...corner("╮")],
    ...filled.map(
      (row, index): Row => [
        line,
        ...(rooms ? [...(rooms[index] ?? []), line] : []),
        space,
        ...row,
        space,
        line,
      ],
    ),
    [
      ...corner("╰"),
      ...bottomLeft,
      ...edge(belowOf(input), isAtEnd ? [] : moreOf(input), boxColumns),
      ...corner("╯"),
    ],
  ];
}

/** The titles: what the box shows, and who is online. */
function titleOf({ room, ui, me }: ChatScreenInput): readonly [Row, Row] {
  if (ui.panel) {
    const keys = opensEntries(ui.panel) ? "↑ ↓ Enter opens · Esc closes" : "Esc closes";
    return [[span(ui.panel.title, { bold: true })], [span(keys, { dim: true })]];
  }
  if (!room) return [[span("Confab", { bold: true })], []];
  const { info, online } = room;
  const topic = sanitizeLine(info.topic);
  const title: Row = [
    span(`${roomMarks[info.kind]} ${sanitizeLine(info.title)}`, { bold: true }),
    ...(topic === "" ? [] : [span(` · ${topic}`, { dim: true })]),
  ];
  const others = online.filter(({ id }) => id !== me.id).length;
  const members = `${info.memberCount} ${info.memberCount === 1 ? "member" : "members"}`;
  return [title, [span(`${members}${others > 0 ? `, ${others + 1} online` : ""}`, { dim: true })]];
}

/** The typing users: `Ada and Grace are typing…`. */
function belowOf({ room, ui }: ChatScreenInput): Row {
  if (!room || ui.panel || room.typing.length === 0) return [];
  const names = room.typing.map(({ displayName }) => sanitizeLine(displayName));
  if (names.length > MAX_TYPING_NAMES) return [span(`${names.length} people are typing…`, { italic: true })];
  const last = names.at(-1) ?? "";
  const who = names.length === 1 ? `${last} is` : `${names.slice(0, -1).join(", ")} and ${last} are`;
  return [span(`${who} typing…`, { italic: true })];
}

/** A hint at the keys that show what is below. */
function moreOf({ ui }: ChatScreenInput): Row {
  return [span(ui.panel ? "↓ PgDn: more" : "↓ Ctrl-End: newest", { color: "cyan" })];
}
