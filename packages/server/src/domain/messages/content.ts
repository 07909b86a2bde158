import type { EndMs } from "../expiry.ts";
import type { Payload } from "./payload.ts";

/** Everything of a message that its deletion takes. */
export interface MessageContent {
  readonly text: string;
  /** The mentioned users; `MENTION_ALL` stands for everyone. */
  readonly mentionUserIds: readonly string[];
  readonly reactions: readonly ReactionCount[];
  readonly pinned: boolean;
  readonly payload: Payload | null;
  /** When the message erases itself. */
  readonly expiresAtMs: EndMs;
}

export interface ReactionCount {
  readonly emoji: string;
  readonly count: number;
}

/** The content of a deleted message. */
export const NO_CONTENT: MessageContent = {
  text: "",
  mentionUserIds: [],
  reactions: [],
  pinned: false,
  payload: null,
  expiresAtMs: null,
};

/** The part of the content that the sender gives. A time to live becomes `expiresAtMs`; others react and pin. */
export type SentContent = Omit<MessageContent, "reactions" | "pinned" | "expiresAtMs">;

/** Mentions everyone in the room; needs the permission `mention-all`. */
export const MENTION_ALL = "all";
