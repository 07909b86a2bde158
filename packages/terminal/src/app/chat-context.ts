import type { Chat, Room } from "@confab/client";
import { errorWords } from "../error-words.ts";
import { indexOfKey } from "../screen/message-list.ts";
import type { InOrder } from "./in-order.ts";
import type { MemberNames } from "./members.ts";
import type { Store } from "./observable.ts";
import type { Notice, UiState } from "./ui-state.ts";

/** What every action on the chat screen works with. */
export interface ChatContext {
  readonly chat: Chat;
  readonly ui: Store<UiState>;
  /** How many messages a room begins with. */
  readonly historyLength: number;
  readonly members: MemberNames;
  /** What is sent, in the order in which it was entered. */
  readonly sends: InOrder;
  /** Closes the screen. */
  readonly exit: () => void;
  /** Ends the session, and asks anew who one is. */
  readonly signOut: () => Promise<void>;
}

/** Does what a command says, and resolves with what to tell; undefined where one sees it anyway. */
export type Handler = (context: ChatContext, argument: string) => Promise<string | undefined>;

/** What someone did wrong in entering a command, in words that say what to do. */
export class EntryError extends Error {
  override readonly name = "EntryError";
}

export function currentRoom({ chat, ui }: ChatContext): Room | null {
  const { roomId } = ui.get();
  return roomId === null ? null : (chat.rooms.get(roomId) ?? null);
}

/** @throws EntryError where one is in no room */
export function needRoom(context: ChatContext): Room {
  const room = currentRoom(context);
  if (!room) throw new EntryError("you are in no room: /join name goes to one, /rooms lists them");
  return room;
}

export function say(context: ChatContext, kind: Notice["kind"], text: string): void {
  context.ui.patch({ notice: { kind, text } });
}

/** Runs an action to its end, and shows what it says or why it failed. */
export async function attempt(
  context: ChatContext,
  action: () => Promise<string | undefined>,
): Promise<void> {
  try {
    const words = await action();
    if (words !== undefined) say(context, "info", words);
  } catch (error) {
    say(context, "error", errorWords(error));
  }
}

/** Which message an action without a number means. */
export type Fallback = "last own" | "last of others" | "last";

/**
 * The message with that number, else the selected one, else the last that fits.
 *
 * @throws EntryError where there is none
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
