import { type Chat, ConfabError, type RightsQuery, type Room, UnavailableError } from "@confab/client";
import { errorWords } from "../error-words.ts";
import { indexOfKey } from "../screen/message-list.ts";
import type { InOrder } from "./in-order.ts";
import type { MemberNames } from "./members.ts";
import type { Store } from "./observable.ts";
import type { Notice, UiState } from "./ui-state.ts";

/** The parts of the chat screen that every action needs. */
export interface ChatContext {
  readonly chat: Chat;
  readonly ui: Store<UiState>;
  /** Number of messages loaded when a room opens. */
  readonly historyLength: number;
  readonly members: MemberNames;
  /** Keeps sends in the order in which they were entered. */
  readonly sends: InOrder;
  /** Closes the screen. */
  readonly exit: () => void;
  /** Ends the session and returns to the sign-in screen. */
  readonly signOut: () => Promise<void>;
}

/** Runs a command. Resolves with a notice, or undefined if the result is visible anyway. */
export type Handler = (context: ChatContext, argument: string) => Promise<string | undefined>;

/** A mistake in a command that was entered. The message says what to do instead. */
export class EntryError extends Error {
  override readonly name = "EntryError";
}

export function currentRoom({ chat, ui }: ChatContext): Room | null {
  const { roomId } = ui.get();
  return roomId === null ? null : (chat.rooms.get(roomId) ?? null);
}

/** Returns what decides which commands are offered. */
export function situationOf(context: ChatContext): RightsQuery {
  return { me: context.chat.me, room: currentRoom(context)?.info.get() ?? null };
}

/** @throws EntryError when no room is open */
export function needRoom(context: ChatContext): Room {
  const room = currentRoom(context);
  if (!room) throw new EntryError("you are in no room: /join name goes to one, /rooms lists them");
  return room;
}

export function say(
  context: ChatContext,
  kind: Notice["kind"],
  text: string,
  until: Notice["until"] = "soon",
): void {
  context.ui.patch({ notice: { kind, text, until } });
}

/** Runs an action to its end and shows its notice or its error. */
export async function attempt(
  context: ChatContext,
  action: () => Promise<string | undefined>,
): Promise<void> {
  try {
    const words = await action();
    if (words !== undefined) say(context, "info", words);
  } catch (error) {
    sayError(context, error);
  }
}

/** Shows an error. One about a lost connection goes when the connection is back. */
export function sayError(context: ChatContext, error: unknown): void {
  const until = error instanceof UnavailableError ? "online" : "soon";
  say(context, "error", withHandles(context, withCommand(error)), until);
}

/** Describes an error, and names the command that helps where there is one. */
function withCommand(error: unknown): string {
  const words = errorWords(error);
  const [start = ""] = words.split(":");
  switch (error instanceof ConfabError ? error.reason : "") {
    case "LAST_OWNER":
      return `${start}: /role name owner makes somebody one, /delete-room deletes the room`;
    case "TITLE_AMBIGUOUS":
      return `${start}: /rooms lists them, and Enter opens one`;
    default:
      return words;
  }
}

const QUOTED_ID = /"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/g;

/** Puts the handles of known users in place of their ids, which is how the server's refusals name them. */
function withHandles({ chat }: ChatContext, words: string): string {
  return words.replace(QUOTED_ID, (whole, id: string) => {
    const handle = chat.users.peek(id)?.handle ?? "";
    return handle === "" ? whole : `@${handle}`;
  });
}

/** The message that an action without a number is about. */
export type Fallback = "last own" | "last of others" | "last";

/**
 * Finds the message with that number; else the selected one; else the last that fits.
 *
 * @throws EntryError when there is none
 */
export function targetMessage(
  context: ChatContext,
  seq: number | null,
  fallback: Fallback,
): { room: Room; seq: number } {
  const room = needRoom(context);
  if (seq !== null) return { room, seq };
  const { items } = room.timeline.get();
  const { selected } = context.ui.get();
  const chosen =
    selected === null
      ? items.findLast(
          (item) =>
            item.seq > 0 &&
            !item.isDeleted &&
            (fallback === "last" || item.isMine === (fallback === "last own")),
        )
      : items[indexOfKey(items, selected)];
  if (!chosen) {
    throw new EntryError(
      fallback === "last own"
        ? "you have written nothing here yet"
        : "there is no message here that you could mean",
    );
  }
  if (chosen.seq === 0) throw new EntryError("this message is not sent yet: /retry or /discard");
  return { room, seq: chosen.seq };
}
