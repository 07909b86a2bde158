import type { Chat, Room } from "@confab/client/core";
import { signOut } from "../session/session.ts";
import { roomPath } from "../shell/routes.ts";
import type { CommandName } from "./commands.ts";
import { findPeople } from "./find-people.ts";
import { type Moderation, moderate } from "./moderate.ts";

/** The objects that commands work on. */
export interface CommandContext {
  readonly chat: Chat;
  readonly room: Room;
  readonly navigate: (path: string) => void;
}

type Handler = (context: CommandContext, argument: string) => Promise<string | undefined>;

const PUBLIC_FLAG = /(?:^|\s)--public(?=\s|$)/;

/** Runs a command. @returns what to tell the user, if anything @throws Error or ConfabError with the reason */
export async function runCommand(
  context: CommandContext,
  name: CommandName,
  argument: string,
): Promise<string | undefined> {
  return handlers[name](context, argument);
}

const handlers: Readonly<Record<CommandName, Handler>> = {
  async room({ chat, navigate }, argument) {
    const wanted = needed(argument, "/room general").toLowerCase();
    const titleOf = (room: Room): string => room.info.get().title.toLowerCase();
    const rooms = chat.rooms.get();
    const found =
      rooms.find((each) => titleOf(each) === wanted) ??
      rooms.find((each) => titleOf(each).startsWith(wanted));
    if (!found)
      throw new Error(`you are in no room whose title begins with “${argument}”: /join goes to others`);
    navigate(roomPath(found.id));
    return undefined;
  },
  async join({ chat, navigate }, argument) {
    const room = await chat.rooms.open(needed(argument, "/join general").replace(/^#/, ""));
    navigate(roomPath(room.id));
    return undefined;
  },
  async create({ chat, navigate }, argument) {
    const title = needed(argument.replace(PUBLIC_FLAG, "").trim(), "/create general");
    const room = await chat.rooms.create({ title, isPublic: PUBLIC_FLAG.test(argument) });
    navigate(roomPath(room.id));
    return undefined;
  },
  async dm({ chat, navigate }, argument) {
    const people = await findPeople(chat, argument);
    const room = await chat.rooms.openDirect(people.map(({ id }) => id));
    navigate(roomPath(room.id));
    return undefined;
  },
  async leave({ room, navigate }) {
    const { title } = room.info.get();
    await room.leave();
    navigate("/");
    return `you have left ${title}`;
  },
  async invite({ chat, room }, argument) {
    const people = await findPeople(chat, argument);
    await room.invite(people.map(({ id }) => id));
    return `invited ${people.map(({ displayName }) => displayName).join(", ")}`;
  },
  async topic({ room }, argument) {
    await room.update({ topic: argument });
    return argument === "" ? "the topic is gone" : "the topic is changed";
  },
  async rename({ room }, argument) {
    await room.update({ title: needed(argument, "/rename general") });
    return undefined;
  },
  kick: moderation("kick"),
  ban: moderation("ban"),
  unban: moderation("unban"),
  mute: moderation("mute"),
  unmute: moderation("unmute"),
  async goto({ room, navigate }, argument) {
    const digits = /^#?([1-9]\d{0,14})$/.exec(argument)?.[1];
    if (digits === undefined) throw new Error("say which message: /goto #12");
    navigate(roomPath(room.id, Number(digits)));
    return undefined;
  },
  async retry({ room }) {
    const failed = failedIn(room);
    // A message that is refused again shows why.
    for (const clientMessageId of failed) room.retry(clientMessageId).catch(() => {});
    return failed.length === 0 ? "nothing has failed here" : undefined;
  },
  async discard({ room }) {
    const failed = failedIn(room);
    for (const clientMessageId of failed) room.discard(clientMessageId);
    return failed.length === 0 ? "nothing has failed here" : undefined;
  },
  block: relation("block", "blocked"),
  unblock: relation("unblock", "no longer blocked"),
  ignore: relation("mute", "ignored: what they write does not count as new"),
  unignore: relation("unmute", "no longer ignored"),
  async name({ chat }, argument) {
    await chat.updateProfile({ displayName: needed(argument, "/name Ada") });
    return `others see you as ${argument}`;
  },
  async away({ chat }) {
    chat.setActivity("away");
    return "you are shown as away until your next key";
  },
  async signout() {
    await signOut();
    return undefined;
  },
};

function needed(argument: string, example: string): string {
  if (argument === "") throw new Error(`something is missing after the command: ${example}`);
  return argument;
}

function failedIn(room: Room): readonly string[] {
  return room.timeline
    .get()
    .items.filter(({ state }) => state === "failed")
    .map(({ clientMessageId }) => clientMessageId);
}

function moderation(deed: Moderation): Handler {
  return ({ room }, argument) => moderate(room, deed, argument);
}

function relation(act: "block" | "unblock" | "mute" | "unmute", told: string): Handler {
  return async ({ chat }, argument) => {
    const people = await findPeople(chat, argument);
    for (const { id } of people) await chat.relationships[act](id);
    return `${people.map(({ displayName }) => displayName).join(", ")}: ${told}`;
  };
}
