import type { Chat, Message } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { roomPath } from "../shell/routes.ts";
import { notificationChoice } from "./notification-choice.ts";

const MAX_CHARACTERS = 140;

/** Shows a notification for each mention and direct message, unless the user is looking at its room. */
export function useNotifications(openRoomId: string | undefined): void {
  const chat = useChat();
  const [, navigate] = useLocation();
  const open = useRef(openRoomId);
  useEffect(() => {
    open.current = openRoomId;
  }, [openRoomId]);

  useEffect(() => {
    const ending = new AbortController();
    const follow = async (): Promise<void> => {
      for await (const message of chat.messages({ signal: ending.signal })) {
        const isSeen = document.hasFocus() && open.current === message.roomId;
        if (notificationChoice.get() !== "on" || isSeen || !concernsMe(chat, message)) continue;
        show(chat, message, () => navigate(roomPath(message.roomId, message.seq)));
      }
    };
    // Ends with the chat, whose end is shown elsewhere.
    follow().catch(() => {});
    return () => ending.abort();
  }, [chat, navigate]);
}

function concernsMe(chat: Chat, { roomId, senderId, isMine, mentionsMe }: Message): boolean {
  if (isMine || chat.relationships.get().has(senderId)) return false;
  return mentionsMe || chat.rooms.get(roomId)?.info.get().kind === "direct";
}

function show(chat: Chat, message: Message, onOpen: () => void): void {
  const { roomId, id, sender, text } = message;
  const info = chat.rooms.get(roomId)?.info.get();
  const title =
    !info || info.kind === "direct" ? sender.displayName : `${sender.displayName} in ${info.title}`;
  const body = [...text].slice(0, MAX_CHARACTERS).join("");
  const notification = new Notification(title, { body, tag: id, icon: "/favicon.svg" });
  notification.onclick = () => {
    window.focus();
    onOpen();
    notification.close();
  };
}
