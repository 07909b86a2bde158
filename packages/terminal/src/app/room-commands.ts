import type { RoomInfo } from "@confab/client";
import { parseHandles } from "../commands/parse.ts";
import { EntryError, type Handler, needRoom } from "./chat-context.ts";
import { showRoom } from "./open-room.ts";

const PUBLIC_FLAG = /(?:^|\s)--public(?=\s|$)/;

/** Commands about rooms and their members. */
export const roomCommands = {
  room: async (context, argument) => {
    const wanted = needArgument(argument, "say which room: /room general").toLowerCase();
    const rooms = context.chat.rooms.get();
    const titleOf = ({ info }: { info: { get(): RoomInfo } }): string => info.get().title.toLowerCase();
    const found =
      rooms.find((room) => titleOf(room) === wanted) ??
      rooms.find((room) => titleOf(room).startsWith(wanted));
    if (!found)
      throw new EntryError(`you are in no room whose title begins with "${argument}": /join goes to others`);
    showRoom(context, found);
    return undefined;
  },

  join: async (context, argument) => {
    const title = needArgument(argument, "say which room: /join general").replace(/^#/, "");
    showRoom(context, await context.chat.rooms.open(title));
    return undefined;
  },

  create: async (context, argument) => {
    const title = needArgument(
      argument.replace(PUBLIC_FLAG, "").trim(),
      "say how it is called: /create general",
    );
    const isPublic = PUBLIC_FLAG.test(argument);
    showRoom(context, await context.chat.rooms.create({ title, isPublic }));
    return isPublic
      ? `made the public room ${title}: others come with /join ${title}`
      : `made the room ${title}: /invite handle brings others in`;
  },

  dm: async (context, argument) => {
    const handles = needHandles(argument, "/dm ada");
    showRoom(context, await context.chat.rooms.openDirect(handles));
    return undefined;
  },

  invite: async (context, argument) => {
    const room = needRoom(context);
    const handles = needHandles(argument, "/invite ada");
    await room.invite(handles);
    return `invited ${handles.join(", ")} to ${room.info.get().title}`;
  },

  topic: async (context, argument) => {
    await needRoom(context).update({ topic: argument });
    return argument === "" ? "the topic is gone" : "the topic is changed";
  },

  leave: async (context) => {
    const room = needRoom(context);
    await room.leave();
    const { kind, title } = room.info.get();
    return kind === "direct"
      ? `you have closed the direct room with ${title}: the next message there opens it again`
      : `you have left ${title}`;
  },
} as const satisfies Readonly<Record<string, Handler>>;

function needArgument(argument: string, words: string): string {
  if (argument === "") throw new EntryError(words);
  return argument;
}

function needHandles(argument: string, example: string): readonly string[] {
  const handles = parseHandles(argument);
  if (handles.length === 0) throw new EntryError(`say whom: ${example}`);
  return handles;
}
