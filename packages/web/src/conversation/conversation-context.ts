import type { Room, TimelineItem } from "@confab/client/core";
import { createContext, useContext } from "react";

/** The actions of a conversation's rows on its messages. The same object for as long as the room is open. */
export interface ConversationActions {
  readonly room: Room;
  /** Set in a thread: the number of its first message. */
  readonly threadRootSeq?: number;
  readonly reply: (item: TimelineItem) => void;
  readonly edit: (item: TimelineItem) => void;
  readonly confirmDelete: (item: TimelineItem) => void;
  /** Opens the emoji picker beside a button. */
  readonly pickEmoji: (anchor: HTMLElement, onChoose: (emoji: string) => void) => void;
}

const Context = createContext<ConversationActions | null>(null);
export const ConversationProvider = Context.Provider;

/** Returns the surrounding conversation. @throws Error outside one */
export function useConversation(): ConversationActions {
  const actions = useContext(Context);
  if (!actions) throw new Error("there is no conversation here");
  return actions;
}
