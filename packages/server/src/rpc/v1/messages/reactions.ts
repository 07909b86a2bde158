import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Reactions } from "../../../app/messages/reactions.ts";
import type { UserId } from "../../../domain/ids.ts";
import type { ChatHandlers } from "../handlers.ts";
import { toUserId } from "../ids.ts";
import { readPage } from "../pages.ts";
import { toPlace, toSeenMessage } from "./convert.ts";

type ReactionMethod = "setReaction" | "removeReactions" | "listReactions";

/** The ChatService's calls about reactions. */
export function reactionHandlers(reactions: Reactions): Pick<ChatHandlers, ReactionMethod> {
  return {
    async setReaction(ask, { emoji, removed, ...request }) {
      const reaction = { ...toPlace(request), emoji, removed };
      return { reactions: toSeenMessage(await reactions.setReaction(ask, reaction)).reactions };
    },

    async removeReactions(ask, { emoji, reason, ...request }) {
      const userId = request.userId === "" ? "" : toUserId(request.userId, ask);
      const removal = { ...toPlace(request), emoji, userId, reason } as const;
      return { reactions: toSeenMessage(await reactions.removeReactions(ask, removal)).reactions };
    },

    async listReactions(ask, { emoji, ...request }) {
      const place = toPlace(request);
      const { page, nextPageToken } = await readPage(request, {
        list: `reactions ${place.roomId} ${place.seq} ${emoji}`,
        read: (position, limit) =>
          reactions.listReactions(ask, { ...place, emoji, after: toPosition(position), limit }),
        positionOf: (reaction) => `${reaction.emoji} ${reaction.userId}`,
      });
      const listed = page.map(({ createdAtMs, ...reaction }) =>
        create(v1.ReactionSchema, { ...reaction, createTime: timestampFromMs(createdAtMs) }),
      );
      return { reactions: listed, nextPageToken };
    },
  };
}

/** No emoji has a blank. */
function toPosition(position: string): { emoji: string; userId: UserId } | null {
  const [emoji, userId] = position.split(" ", 2);
  return emoji && userId ? { emoji, userId: userId as UserId } : null;
}
