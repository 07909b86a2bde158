import type { Chat, Message } from "@confab/client";

/** A message with its sender's name, which is asked where it isn't known yet: a line that is printed stays. */
export async function withKnownSender(chat: Chat, message: Message): Promise<Message> {
  if (message.sender.isKnown) return message;
  // Who can't be asked for keeps the stand-in.
  const sender = await chat.users.get(message.senderId).catch(() => message.sender);
  return { ...message, sender };
}
