import { InvalidArgumentError, type RoomInfo } from "@confab/client";
import { isConfirmed } from "./asking.ts";
import { type ChatContext, EntryError, type Handler, needRoom } from "./chat-context.ts";
import { findPeople, namesOf } from "./find-people.ts";
import { showRoom } from "./open-room.ts";

const PUBLIC_FLAG = /(?:^|\s)--public(?=\s|$)/;

/** The server compares this many characters of a title. */
const MAX_QUERY_CHARACTERS = 64;

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

  rename: async (context, argument) => {
    const room = needRoom(context);
    await room.update({ title: needArgument(argument, "say how the room is called now: /rename general") });
    return `this room is called ${argument} now`;
  },

  "delete-room": async (context) => {
    const room = needRoom(context);
    const { title } = room.info.get();
    if (!isConfirmed(context, `/delete-room ${room.id}`)) {
      return `this deletes ${title} and its messages for everybody: /delete-room again does it`;
    }
    await room.deleteRoom();
    return `${title} is deleted`;
  },

  create: async (context, argument) => {
    const title = needArgument(
      argument.replace(PUBLIC_FLAG, "").trim(),
      "say how it is called: /create general",
    );
    const isPublic = PUBLIC_FLAG.test(argument);
    if ((await isTaken(context, title)) && !isConfirmed(context, `/create ${argument}`)) {
      return `there is a room ${title} already: /join ${title} goes there, /create again makes a second one`;
    }
    showRoom(context, await context.chat.rooms.create({ title, isPublic }));
    return isPublic
      ? `made the public room ${title}: others come with /join ${title}`
      : `made the room ${title}: /invite name brings others in`;
  },

  dm: async (context, argument) => {
    const people = await findPeople(context, argument, "/dm ada");
    showRoom(context, await context.chat.rooms.openDirect(people.map(({ id }) => id)));
    return undefined;
  },

  invite: async (context, argument) => {
    const room = needRoom(context);
    const people = await findPeople(context, argument, "/invite ada");
    await room.invite(people.map(({ id }) => id));
    return `invited ${namesOf(people)} to ${room.info.get().title}`;
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

/** Returns true if the user is in a room of this title, is invited to one, or could find one. */
async function isTaken({ chat }: ChatContext, title: string): Promise<boolean> {
  const { rooms } = chat;
  const query = [...title].slice(0, MAX_QUERY_CHARACTERS).join("");
  const found = await rooms.browse({ query }).catch((error: unknown) => {
    // The server will say what is wrong with the title.
    if (error instanceof InvalidArgumentError) return { rooms: [] };
    throw error;
  });
  const known = [...rooms.get().map(({ info }) => info.get()), ...rooms.invitations.get(), ...found.rooms];
  return known.some((info) => info.kind !== "direct" && titleKey(info.title) === titleKey(title));
}

function titleKey(title: string): string {
  return title.normalize("NFKC").toLowerCase().trim();
}
