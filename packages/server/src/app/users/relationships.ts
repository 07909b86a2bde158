import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import { ChatError } from "../../domain/errors.ts";
import type { Relationship } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import { OPERATOR } from "../admin/operator.ts";
import type { Presence } from "../presence/presence.ts";

/** Keeps what one user wants of others, for themselves alone. */
export interface Relationships {
  /** Blocks, mutes, or neither. @throws ChatError USER_NOT_FOUND, RELATIONSHIPS_FULL, FIELD_INVALID for oneself */
  updateRelationship(ask: AccountAsk, relationship: Relationship): Promise<Relationship>;
  listRelationships(
    ask: AccountAsk,
    page: { afterId: string; limit: number },
  ): Promise<readonly Relationship[]>;
}

export function createRelationships(store: Store, presence: Pick<Presence, "blockChanged">): Relationships {
  return {
    async updateRelationship(ask, relationship) {
      const { account } = ask.caller;
      if (account.id === OPERATOR.account.id) {
        throw new ChatError("NOT_PERMITTED", "the operator has no account, and so nobody to block or mute");
      }
      if (relationship.userId === account.id) {
        throw new ChatError("FIELD_INVALID", "one can't block or mute oneself", {
          field: "relationship.user_id",
        });
      }
      await store.setRelationship({ ...relationship, ...actorNow(ask) });
      presence.blockChanged(account.id, relationship.userId);
      return relationship;
    },
    listRelationships: ({ caller }, page) => store.listRelationships({ ownerId: caller.account.id, ...page }),
  };
}
