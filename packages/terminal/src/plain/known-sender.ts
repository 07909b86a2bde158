import type { Chat, Message } from "@confab/client";

/** Adds the sender's name to a message. Requests it if it is unknown, because a printed line can't be changed later. */
export async function withKnownSender(chat: Chat, message: Message): Promise<Message> {
  if (message.sender.isKnown) return message;
  // If the request fails, the placeholder stays.
  const sender = await chat.users.get(message.senderId).catch(() => message.sender);
  return { ...message, sender };
}
