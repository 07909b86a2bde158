import { hasEnded } from "./expiry.ts";
import type { Message } from "./messages.ts";

/** A message as it is at a moment: one whose time is over has no content, whether or not anyone has erased it. */
export function messageNow(message: Message, nowMs: number): Message {
  if (message.deleted || !hasEnded(message.expiresAtMs, nowMs)) return message;
  return {
    ...message,
    text: "",
    payload: "",
    payloadType: "",
    mentionUserIds: [],
    reactions: [],
    pinned: false,
    deleted: true,
    expiresAtMs: null,
  };
}
