import type { UiState } from "../app/ui-state.ts";
import { layoutInput } from "../input/layout.ts";
import { fitRow, type Row, span } from "../rows/row.ts";
import type { ChatScreenInput } from "./chat-screen-input.ts";
import { frameRows } from "./frame.ts";
import { type Layout, layoutScreen, maxInputRows } from "./layout.ts";
import { keyOf, type MessageList, messageList, positionOf } from "./message-list.ts";
import { noticeRows } from "./notice.ts";
import { type Panel, panelList } from "./panel.ts";
import { centered } from "./rule.ts";
import { statusRow } from "./status-line.ts";
import { type ScrollList, visibleRows } from "./viewport.ts";

/** The screen's rows, and the data that the keys act on. */
export interface Screen {
  readonly rows: readonly Row[];
  readonly cursor: { readonly row: number; readonly column: number };
  /** Visible rows of messages, or of the panel. */
  readonly height: number;
  readonly messages: MessageList | null;
  readonly panel: ScrollList | null;
  /** Index of the first visible message; -1 if there is none. */
  readonly firstVisible: number;
  readonly isAtEnd: boolean;
}

const PROMPT = "› ";
const NO_ROOM = [
  "You are in no room yet.",
  "",
  "/rooms lists the public ones, /join name goes to one,",
  "/create title makes one, /dm handle writes to someone.",
];
const NO_OPEN_ROOM = ["No room is open.", "", "Ctrl-N goes to the first of your rooms, /rooms lists them."];
const NO_MESSAGES = ["No messages yet. Write the first one."];

/** Lays out the chat screen: exactly as many rows as the terminal has, each as wide as the frame. */
export function chatScreen(input: ChatScreenInput): Screen {
  const { size, look, ui } = input;
  const promptWidth = size.columns > 8 ? PROMPT.length : 0;
  const inputColumns = Math.max(1, Math.min(size.columns, look.frameWidth) - promptWidth - 1);
  const typed = layoutInput(ui.editor, inputColumns, maxInputRows(size));
  const notices = size.rows >= 6 ? noticeRows(input, Math.min(size.columns, look.frameWidth)) : [];
  const layout = layoutScreen(size, look, typed.lines.length + notices.length);
  const content = contentOf(input, layout);
  const above = [...frameRows(input, layout, content), ...notices];
  const inputRows = typed.lines.map(
    (line, index): Row => [
      span((index === 0 ? PROMPT : "  ").slice(0, promptWidth), { bold: true }),
      span(line),
    ],
  );
  const status = layout.hasStatus ? [statusOf(input, layout)] : [];
  return {
    rows: [...above, ...inputRows, ...status].slice(0, size.rows).map((row) => fitRow(row, layout.columns)),
    cursor: {
      row: Math.min(size.rows - 1, above.length + typed.cursor.row),
      column: Math.min(layout.columns - 1, promptWidth + typed.cursor.column),
    },
    height: layout.textRows,
    messages: content.messages,
    panel: content.panel,
    firstVisible: content.firstVisible,
    isAtEnd: content.isAtEnd,
  };
}

function statusOf(input: ChatScreenInput, { roomColumns, columns }: Layout): Row {
  const { roomId, isAway } = input.ui;
  return statusRow({ ...input, currentId: roomId, isAway, hasRoomList: roomColumns > 0 }, columns);
}

interface Content extends Pick<Screen, "messages" | "panel" | "firstVisible" | "isAtEnd"> {
  readonly rows: readonly Row[];
}

function contentOf(input: ChatScreenInput, layout: Layout): Content {
  const { room, ui } = input;
  if (ui.panel) return panelContent(ui.panel, input, layout);
  const nothing = { messages: null, panel: null, firstVisible: -1, isAtEnd: true };
  if (!room) {
    return { ...nothing, rows: inTheMiddle(input.rooms.length > 0 ? NO_OPEN_ROOM : NO_ROOM, layout) };
  }
  if (room.timeline.items.length === 0) {
    const words = room.timeline.hasOlder ? ["loading messages…"] : NO_MESSAGES;
    return { ...nothing, rows: inTheMiddle(words, layout) };
  }
  const messages = messageList({
    info: room.info,
    timeline: room.timeline,
    look: {
      columns: layout.textColumns,
      nameWidth: input.look.nameWidth,
      numberWidth: ui.showsNumbers ? String(room.info.lastSeq).length : 0,
    },
    newAfterSeq: ui.newAfterSeq,
    now: input.now,
  });
  const viewport = visibleRows(marked(messages, ui), layout.textRows, positionOf(messages.items, ui.anchor));
  return {
    rows: viewport.rows,
    messages,
    panel: null,
    firstVisible: viewport.top.index,
    isAtEnd: viewport.isAtEnd,
  };
}

/** Reverses the selected message, so that it stands out even without colours. */
function marked(messages: MessageList, { selected }: UiState): ScrollList {
  if (selected === null) return messages;
  return {
    count: messages.count,
    rowsOf(index) {
      const rows = messages.rowsOf(index);
      const item = messages.items[index];
      if (!item || keyOf(item) !== selected) return rows;
      return rows.map((row) => row.map((part) => ({ ...part, inverse: true })));
    },
  };
}

function panelContent(panel: Panel, { ui }: ChatScreenInput, layout: Layout): Content {
  const list = panelList(panel, ui.panelChoice, layout.textColumns);
  const viewport = visibleRows(list, layout.textRows, ui.panelTop);
  return { rows: viewport.rows, messages: null, panel: list, firstVisible: -1, isAtEnd: viewport.isAtEnd };
}

function inTheMiddle(words: readonly string[], { textColumns, textRows }: Layout): readonly Row[] {
  const above = Math.max(0, Math.floor((textRows - words.length) / 2));
  return [
    ...Array.from({ length: above }, (): Row => []),
    ...words.map((line) => centered([span(line, { dim: true })], textColumns)),
  ];
}
