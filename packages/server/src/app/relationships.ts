import type { SignedIn } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { Relationship } from "../domain/users.ts";
import type { Store } from "../store/port/store.ts";
import { notFound } from "./accounts.ts";
import { OPERATOR } from "./operator.ts";

/** What one user wants of others, for themselves alone. */
export interface Relationships {
  /** Blocks, mutes, or neither. @throws ChatError USER_NOT_FOUND, FIELD_INVALID for oneself */
  update(caller: SignedIn, relationship: Relationship): Promise<Relationship>;
  list(caller: SignedIn, page: { afterId: string; limit: number }): Promise<readonly Relationship[]>;
}

export function createRelationships(store: Store): Relationships {
  return {
    async update({ account }, relationship) {
      if (account.id === OPERATOR.account.id) {
        throw new ChatError("NOT_PERMITTED", "the operator has no account, and so nobody to block or mute");
      }
      if (relationship.userId === account.id) {
        throw new ChatError("FIELD_INVALID", "one can't block or mute oneself", {
          field: "relationship.user_id",
        });
      }
      const outcome = await store.setRelationship({ ...relationship, ownerId: account.id });
      if (outcome === "not-found") throw notFound();
      return relationship;
    },
    list: ({ account }, page) => store.listRelationships({ ownerId: account.id, ...page }),
  };
}
