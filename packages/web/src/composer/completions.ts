import { isLikelyAllowed, type Room, type User } from "@confab/client/core";
import { commandsFor } from "../commands/commands.ts";
import type { Completion, Wanted } from "./completing.ts";
import { membersOf } from "./mentions.ts";

const MAX_COMPLETIONS = 8;

/** Returns the ways to complete a word. The emoji are loaded with the first one. */
export async function completionsFor(
  room: Room,
  me: User,
  { kind, start }: Wanted,
): Promise<readonly Completion[]> {
  switch (kind) {
    case "command":
      return commandsFor({ me, room: room.info.get() })
        .filter(({ name }) => name.startsWith(start.toLowerCase()))
        .map(({ name, usage, does }) => ({
          key: name,
          text: `/${name}`,
          label: `/${name} ${usage}`.trim(),
          hint: does,
        }));
    case "mention":
      return mentions(room, me, start.toLowerCase());
    case "emoji": {
      const { findEmoji } = await import("../emoji/emoji-list.ts");
      return findEmoji(start, MAX_COMPLETIONS).map(({ emoji, names }) => ({
        key: emoji,
        text: emoji,
        label: `:${names[0] ?? ""}:`,
        hint: "",
        picture: { emoji },
      }));
    }
    default:
      return kind satisfies never;
  }
}

async function mentions(room: Room, me: User, start: string): Promise<readonly Completion[]> {
  const members = await membersOf(room);
  const people = members
    .map(({ user }) => user)
    .filter(({ id, handle, displayName }) => {
      const words = [handle, ...displayName.split(/\s+/)];
      return handle !== "" && id !== me.id && words.some((word) => word.toLowerCase().startsWith(start));
    })
    .toSorted((one, other) => one.displayName.localeCompare(other.displayName))
    .map(({ id, handle, displayName }) => ({
      key: id,
      text: `@${handle}`,
      label: displayName,
      hint: `@${handle}`,
      picture: { userId: id, name: displayName },
    }));
  const mayAll = "all".startsWith(start) && isLikelyAllowed("mention-all", { me, room: room.info.get() });
  const everyone = mayAll
    ? [{ key: "all", text: "@all", label: "@all", hint: "everybody in this room" }]
    : [];
  return [...people, ...everyone].slice(0, MAX_COMPLETIONS);
}
