import { createContext, type ReactNode, useContext } from "react";
import type { Chat } from "../chat.ts";

const ChatContext = createContext<Chat | null>(null);

/** What {@link ChatProvider} takes. */
export interface ChatProviderProps {
  /** What `connect` has given. Whoever connected closes it: the provider does not. */
  readonly chat: Chat;
  readonly children?: ReactNode;
}

/** Gives the chat to the hooks of all components inside. */
export function ChatProvider({ chat, children }: ChatProviderProps): ReactNode {
  return <ChatContext value={chat}>{children}</ChatContext>;
}

/** The chat of the `ChatProvider` around the component. @throws Error outside of one */
export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("there is no chat here: put the component inside <ChatProvider chat={chat}>");
  return chat;
}
