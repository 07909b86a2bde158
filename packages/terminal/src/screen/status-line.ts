import { type ConnectionState, type RoomInfo, UnauthenticatedError, type User } from "@confab/client";
import { connectionWords } from "../error-words.ts";
import { fitRow, justify, type Row, rowWidth, type Span, span } from "../rows/row.ts";
import { widthOf } from "../text/graphemes.ts";
import { sanitizeLine } from "../text/sanitize.ts";

export interface StatusInput {
  readonly me: User;
  readonly address: string;
  readonly connection: ConnectionState;
  readonly unsent: number;
  readonly rooms: readonly RoomInfo[];
  readonly currentId: string | null;
  /** True if the room list already shows what is unread in other rooms. */
  readonly hasRoomList: boolean;
  /** True if the user wants to be shown as away. */
  readonly isAway: boolean;
  readonly now: Date;
}

const SECOND_MS = 1_000;

/** The last line: the connection, the unsent messages, and what is unread elsewhere. */
export function statusRow(input: StatusInput, columns: number): Row {
  const elsewhere = input.hasRoomList ? 0 : unreadElsewhere(input);
  const { state, details } = connectionSpans(input);
  const start = [
    span(" "),
    ...state,
    ...(input.unsent > 0 ? [span(` · ${input.unsent} unsent`, { color: "yellow" as const })] : []),
    ...(elsewhere > 0 ? [span(` · ${elsewhere} unread elsewhere`, { color: "cyan" as const })] : []),
  ];
  const help = span("/help ", { dim: true });
  const isRoomy = rowWidth(start) + widthOf(details) + widthOf(help.text) < columns;
  if (isRoomy) return justify([...start, span(details, { dim: true })], [help], columns);
  return fitRow([...start, span(details, { dim: true })], columns);
}

/** The connection's state, and the parts to cut when space is short. */
function connectionSpans({ connection, me, address, now, isAway }: StatusInput): {
  state: readonly Span[];
  details: string;
} {
  switch (connection.status) {
    case "connecting":
    case "paused":
      return {
        state: [span("○ ", { color: "yellow" }), span("connecting…")],
        details: ` · ${sanitizeLine(address)}`,
      };
    case "online": {
      const name = span(sanitizeLine(me.displayName), { bold: true });
      return {
        state: isAway
          ? [span("◐ ", { color: "yellow" }), span("away as "), name]
          : [span("● ", { color: "green" }), span("connected as "), name],
        details: ` · ${sanitizeLine(address)}`,
      };
    }
    case "reconnecting": {
      const seconds = Math.ceil((connection.retryAtMs - now.getTime()) / SECOND_MS);
      const words = seconds > 0 ? `reconnecting in ${seconds} s` : "reconnecting…";
      return {
        state: [span("○ ", { color: "yellow" }), span(words, { color: "yellow" })],
        details: ` · ${sanitizeLine(connectionWords(connection.error))}`,
      };
    }
    case "closed": {
      const words = `${endOf(connection)}: /signout to sign in again, Ctrl-C to leave`;
      return { state: [span("● ", { color: "red" }), span(words, { color: "red" })], details: "" };
    }
    default:
      return connection satisfies never;
  }
}

/** Names the end of the session. The server's words about a session say no more; those of a suspension do. */
function endOf({ error }: ConnectionState & { status: "closed" }): string {
  const isEnd = !error || error instanceof UnauthenticatedError;
  return isEnd ? "your session has ended" : sanitizeLine(connectionWords(error));
}

function unreadElsewhere({ rooms, currentId }: StatusInput): number {
  return rooms.reduce((sum, { id, unreadCount }) => (id === currentId ? sum : sum + unreadCount), 0);
}
