import { commandList } from "../commands/commands.ts";
import {
  beginning,
  type Choice,
  type Person,
  peopleChoices,
  type Wanted,
  wantedAt,
} from "../commands/complete.ts";
import { isOffered } from "../commands/rights.ts";
import { emojiNames } from "../emoji/parse-emoji.ts";
import { type ChatContext, currentRoom, situationOf } from "./chat-context.ts";
import { directMessages } from "./people-commands.ts";

const MAX_CHOICES = 50;
const ROLES = ["guest", "member", "moderator", "owner"];

/** Tab: completes the word before the cursor. Again: the next of several choices; -1: the one before. */
export async function completeWord(context: ChatContext, step: 1 | -1): Promise<void> {
  const { editor, completing } = context.ui.get();
  if (completing && completing.shown === editor) {
    show(context, { ...completing, index: completing.index + step });
    return;
  }
  const wanted = wantedAt(editor.before);
  if (!wanted) return;
  const found = await firstFound(context, wanted).catch(() => null);
  // The user may have typed on before the names arrived.
  if (!found || context.ui.get().editor !== editor) return;
  show(context, { ...found, after: editor.after, index: 0 });
}

interface Found {
  readonly before: string;
  readonly choices: readonly Choice[];
}

function show(
  { ui }: ChatContext,
  { before, choices, after, index }: Found & { readonly after: string; readonly index: number },
): void {
  const turned = (index + choices.length) % choices.length;
  const text = `${before}${choices[turned]?.text ?? ""}`;
  const blank = after === "" || !/^\s/.test(after) ? " " : "";
  const shown = { before: text + blank, after };
  ui.patch({ editor: shown, completing: { before, choices, after, index: turned, shown } });
}

/** Of names with blanks it tries the whole text first, then leaves out one word after the other. */
async function firstFound(context: ChatContext, wanted: Wanted): Promise<Found | null> {
  let { before, start } = wanted;
  for (;;) {
    const choices = (await choicesFor(context, { ...wanted, start })).slice(0, MAX_CHOICES);
    if (choices.length > 0) return { before, choices };
    const word = wanted.kind === "people" ? /^\S+\s+@?/.exec(start)?.[0] : undefined;
    if (word === undefined) return null;
    before += word;
    start = start.slice(word.length);
  }
}

async function choicesFor(context: ChatContext, { kind, start }: Wanted): Promise<readonly Choice[]> {
  switch (kind) {
    case "command": {
      const offered = commandList.filter(([, help]) => isOffered(help, situationOf(context)));
      return plain(
        beginning(
          offered.map(([name]) => name),
          start,
        ),
        "/",
      );
    }
    case "rooms":
      return plain(beginning(ownTitles(context), start));
    case "public rooms":
      return plain(beginning(await joinableTitles(context, start), start));
    case "people":
      return peopleChoices(await everybody(context, start), start);
    case "mention":
      return peopleChoices(
        (await membersHere(context)).filter(({ handle }) => handle !== ""),
        start,
      );
    case "member":
      return peopleChoices(await membersHere(context), start);
    case "banned":
      return peopleChoices(await bannedHere(context), start);
    case "emoji":
      return emojiChoices(start);
    case "role":
      return plain(beginning(ROLES, start));
    case "choice":
      return plain(beginning(Object.keys(directMessages), start));
    default:
      return kind satisfies never;
  }
}

function plain(words: readonly string[], mark = ""): readonly Choice[] {
  return [...new Set(words)].map((text) => ({ text, label: mark + text }));
}

function ownTitles({ chat }: ChatContext): readonly string[] {
  return chat.rooms.get().map(({ info }) => info.get().title);
}

async function joinableTitles(context: ChatContext, start: string): Promise<readonly string[]> {
  const { rooms } = context.chat;
  const found = await rooms.browse(start === "" ? {} : { query: start });
  const others = found.rooms.filter(({ id }) => !rooms.get(id));
  return [...rooms.invitations.get(), ...others].map(({ title }) => title);
}

async function emojiChoices(start: string): Promise<readonly Choice[]> {
  const names = await emojiNames();
  if (start === "") return [];
  return beginning(Object.keys(names), start).map((name) => ({
    text: names[name] ?? name,
    label: `${names[name]} ${name}`,
  }));
}

/** The members of the open room without the user, then others whom the server finds. Guests may not search. */
async function everybody(context: ChatContext, start: string): Promise<readonly Person[]> {
  const { chat } = context;
  const here = await membersHere(context);
  const found = start === "" || chat.me.kind === "guest" ? [] : await chat.users.search(start);
  const people = new Map([...here, ...found].map((user) => [user.id, user]));
  people.delete(chat.me.id);
  return [...people.values()].filter(({ handle }) => handle !== "");
}

async function membersHere(context: ChatContext): Promise<readonly (Person & { readonly id: string })[]> {
  const room = currentRoom(context);
  const members = room ? await context.members.list(room) : [];
  return members.map(({ user }) => user).filter(({ id }) => id !== context.chat.me.id);
}

async function bannedHere(context: ChatContext): Promise<readonly Person[]> {
  const members = await currentRoom(context)?.members({ state: "banned" });
  return (members ?? []).map(({ user }) => user);
}
