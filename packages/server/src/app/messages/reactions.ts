import { type AccountAsk, type ActorNow, actorNow } from "../../domain/access/ask.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import type { UserId } from "../../domain/ids.ts";
import { parseEmoji } from "../../domain/messages/emoji.ts";
import { parsePlace } from "../../domain/messages/fields.ts";
import type { MessagePlace } from "../../domain/messages/message.ts";
import { parseReason } from "../../domain/users/profile.ts";
import type { Reaction, ReactionQuery, SeenMessage } from "../../store/port/messages.ts";
import type { Store } from "../../store/port/store.ts";
import { refuseOperator } from "../admin/operator.ts";
import { type Publish, published } from "../publishing.ts";

/** Reactions to messages. */
export interface Reactions {
  /** Adds or removes the caller's own. @throws ChatError MESSAGE_NOT_FOUND, MESSAGE_DELETED, NOT_PERMITTED, FIELD_… */
  setReaction(
    ask: AccountAsk,
    reaction: MessagePlace & { readonly emoji: string; readonly removed: boolean },
  ): Promise<SeenMessage>;
  /** Takes off others'. @throws ChatError MESSAGE_NOT_FOUND, MESSAGE_DELETED, NOT_PERMITTED, FIELD_…, PROFILE_FIELD_… */
  removeReactions(ask: AccountAsk, removal: ReactionRemoval): Promise<SeenMessage>;
  /** @throws ChatError MESSAGE_NOT_FOUND, ROOM_NOT_FOUND, NOT_A_MEMBER, FIELD_… */
  listReactions(ask: AccountAsk, query: Omit<ReactionQuery, keyof ActorNow>): Promise<readonly Reaction[]>;
}

interface ReactionRemoval extends MessagePlace {
  readonly emoji: string;
  /** Empty: everybody's. */
  readonly userId: UserId | "";
  readonly reason: string;
}

export function createReactions(store: Store, publish: Publish): Reactions {
  return {
    async setReaction(ask, reaction) {
      refuseOperator(ask);
      parsePlace(reaction);
      const emoji = parseEmoji(reaction.emoji, "emoji");
      return published(publish, await store.setReaction({ ...reaction, emoji, ...actorNow(ask) }));
    },

    async removeReactions(ask, { reason, userId, ...request }) {
      const { roomId, seq } = parsePlace(request);
      const emoji = parseEmoji(request.emoji, "emoji");
      parseReason(reason, "reason");
      const what = `${emoji} on message ${seq} of room ${roomId}`;
      const detail = [what, reason].filter((part) => part !== "").join("; ");
      const audit = auditEntry(ask, { action: "reactions-removed", targetId: userId || null, detail });
      const removal = { ...actorNow(ask), roomId, seq, emoji, userId, audit };
      return published(publish, await store.removeReactions(removal));
    },

    async listReactions(ask, query) {
      parsePlace(query);
      const emoji = query.emoji === "" ? "" : parseEmoji(query.emoji, "emoji");
      return store.listReactions({ ...query, emoji, ...actorNow(ask) });
    },
  };
}
