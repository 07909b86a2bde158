import type { Member, Message, RoomInfo } from "@confab/client";
import type { CommandName } from "../commands/commands.ts";
import { parseMessageArgument } from "../commands/parse.ts";
import { nameColor } from "../rows/name-color.ts";
import type { Panel, PanelEntry } from "../screen/panel.ts";
import { roomMarks } from "../screen/room-list.ts";
import { FOLDED_TEXT } from "../text/folded.ts";
import { sanitizeLine, sanitizeText } from "../text/sanitize.ts";
import { clockTime, dayName } from "../text/times.ts";
import {
  type ChatContext,
  EntryError,
  type Handler,
  needRoom,
  situationOf,
  targetMessage,
} from "./chat-context.ts";
import { helpEntries } from "./help.ts";

const MAX_FOUND = 50;

/** Commands that show a panel in place of the messages. */
export const panelCommands = {
  help: async (context) => {
    show(context, { title: "Help", entries: helpEntries(situationOf(context)), empty: "" });
    return undefined;
  },

  rooms: async (context, argument) => {
    const { chat } = context;
    const own = chat.rooms.get().map((room) => roomEntry(room.info.get()));
    const invited = chat.rooms.invitations
      .get()
      .map((info) => roomEntry(info, `you are invited: /join ${sanitizeLine(info.title)}`));
    const page = await chat.rooms.browse(argument === "" ? {} : { query: argument });
    const others = page.rooms
      .filter(({ id }) => !chat.rooms.get(id))
      .map((info) => roomEntry(info, `public: /join ${sanitizeLine(info.title)}`));
    const begins = (entry: PanelEntry): boolean =>
      entry.term.slice(2).toLowerCase().startsWith(argument.toLowerCase());
    show(context, {
      title: argument === "" ? "Rooms" : `Rooms: ${sanitizeLine(argument)}`,
      entries: [...own.filter(begins), ...invited.filter(begins), ...others],
      empty:
        argument === "" ? "There are no rooms yet. /create title makes one." : "No room's title begins so.",
    });
    return page.nextPageToken === ""
      ? undefined
      : "these are not all: /rooms words shows those that begin so";
  },

  members: async (context) => {
    const room = needRoom(context);
    const members = await room.members();
    context.members.learn(room, members);
    show(context, {
      title: `Members of ${sanitizeLine(room.info.get().title)}`,
      entries: members.toSorted(byName).map(memberEntry),
      empty: "Nobody is here.",
    });
    return undefined;
  },

  reactions: async (context, argument) => {
    const { room, seq } = targetMessage(context, parseMessageArgument(argument).seq, "last");
    const given = Map.groupBy(await room.reactions(seq), ({ emoji }) => emoji);
    show(context, {
      title: `Reactions to #${seq}`,
      entries: [...given].map(([emoji, by]) => ({
        term: `${sanitizeLine(emoji)} ${by.length}`,
        text: by.map(({ user }) => sanitizeLine(user.displayName) || "?").join(", "),
      })),
      empty: "Nobody has reacted.",
    });
    return undefined;
  },

  search: async (context, argument) => {
    if (argument === "") throw new EntryError('say what to find: /search quick fox, or /search "quick fox"');
    const { messages, nextPageToken } = await context.chat.search(argument, { pageSize: MAX_FOUND });
    const isAll = nextPageToken === "";
    show(context, {
      title: `Search: ${sanitizeLine(argument)}`,
      entries: messages.map((message) => foundEntry(context, message)),
      empty: isAll
        ? "Nothing was found. All words must be in a message; qui* finds words that begin so."
        : "Nothing was found in the newer messages. Rarer words search further back.",
    });
    return isAll ? undefined : "older messages may match too: more words find fewer";
  },
} as const satisfies Readonly<Partial<Record<CommandName, Handler>>>;

function show({ ui }: ChatContext, panel: Panel): void {
  ui.patch({ panel, panelTop: { index: 0, row: 0 }, panelChoice: 0, selected: null });
}

function roomEntry(info: RoomInfo, remark?: string): PanelEntry {
  const topic = sanitizeLine(info.topic);
  const members = `${info.memberCount} ${info.memberCount === 1 ? "member" : "members"}`;
  return {
    term: `${roomMarks[info.kind]} ${sanitizeLine(info.title)}`,
    text: topic === "" ? members : `${members} · ${topic}`,
    ...(remark !== undefined && { remark }),
    opens: { kind: "room", roomId: info.id },
  };
}

const presenceOrder = { online: 0, away: 1, offline: 2 } as const satisfies Record<
  Member["presence"],
  number
>;
const presenceMarks = { online: "●", away: "◐", offline: "○" } as const satisfies Record<
  Member["presence"],
  string
>;

/** Sorts the members who are online first, then those who are away. */
function byName(one: Member, other: Member): number {
  return (
    presenceOrder[one.presence] - presenceOrder[other.presence] ||
    one.user.displayName.localeCompare(other.user.displayName, "en") ||
    (one.userId < other.userId ? -1 : 1)
  );
}

function memberEntry({ user, role, presence, userId }: Member): PanelEntry {
  const name = sanitizeLine(user.displayName) || "?";
  const handle =
    user.handle === "" || user.handle === user.displayName ? [] : [`@${sanitizeLine(user.handle)}`];
  return {
    term: `${presenceMarks[presence]} ${name}`,
    color: nameColor(userId),
    text: [role, ...handle, ...(presence === "offline" ? [] : [presence])].join(" · "),
  };
}

function foundEntry({ chat }: ChatContext, message: Message): PanelEntry {
  const room = chat.rooms.get(message.roomId);
  const title = room ? sanitizeLine(room.info.get().title) : "?";
  return {
    term: sanitizeLine(message.sender.displayName) || "?",
    color: nameColor(message.senderId),
    text: message.isFromBlocked ? FOLDED_TEXT : sanitizeText(message.text).trimEnd(),
    remark: `${title} · #${message.seq} · ${dayName(message.createTime, new Date())} ${clockTime(message.createTime)}`,
    opens: { kind: "message", roomId: message.roomId, seq: message.seq },
  };
}
