import { createContext, type ReactNode, useContext } from "react";
import type { Chat } from "../chat.ts";

const ChatContext = createContext<Chat | null>(null);

/** Props of {@link ChatProvider}. */
export interface ChatProviderProps {
  /** The result of `connect`. The provider does not close it. */
  readonly chat: Chat;
  readonly children?: ReactNode;
}

/** Provides the chat to the hooks of all components inside. */
export function ChatProvider({ chat, children }: ChatProviderProps): ReactNode {
  return <ChatContext value={chat}>{children}</ChatContext>;
}

/** Returns the chat of the surrounding `ChatProvider`. @throws Error without one */
export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("there is no chat here: put the component inside <ChatProvider chat={chat}>");
  return chat;
}
