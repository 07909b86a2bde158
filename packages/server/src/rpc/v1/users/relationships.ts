import type { Users } from "../../../app/users/users.ts";
import type { UserId } from "../../../domain/ids.ts";
import type { UserHandlers } from "../handlers.ts";
import { readPage } from "../pages.ts";
import { required } from "../required.ts";

type RelationshipMethod = "updateRelationship" | "listRelationships";

/** The UserService's calls about blocking and muting. */
export function relationshipHandlers(users: Users): Pick<UserHandlers, RelationshipMethod> {
  return {
    async updateRelationship(ask, { relationship }) {
      const { userId, blocked, muted } = required(relationship, "relationship");
      const wanted = { userId: userId as UserId, blocked, muted };
      return { relationship: await users.updateRelationship(ask, wanted) };
    },

    async listRelationships(ask, request) {
      const { page, nextPageToken } = await readPage(request, {
        list: "relationships",
        read: (afterId, limit) => users.listRelationships(ask, { afterId, limit }),
        positionOf: ({ userId }) => userId,
      });
      return { relationships: page, nextPageToken };
    },
  };
}
