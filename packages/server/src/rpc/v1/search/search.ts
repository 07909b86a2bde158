import { hash } from "node:crypto";
import type { MessageSearch } from "../../../app/search/search.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { RoomId } from "../../../domain/ids.ts";
import type { ChatHandlers } from "../handlers.ts";
import { toSeenMessage } from "../messages/convert.ts";
import { parsePageSize, parsePageToken, toPageToken } from "../pages.ts";

export function searchHandlers(messageSearch: MessageSearch): Pick<ChatHandlers, "searchMessages"> {
  return {
    async searchMessages(ask, { query, roomIds, senderId, pageSize, pageToken }) {
      const list = `search ${hash("sha256", JSON.stringify([query, roomIds, senderId]), "base64url")}`;
      const search = {
        query,
        roomIds: roomIds as RoomId[],
        senderId,
        before: toPosition(parsePageToken(list, pageToken)),
        limit: parsePageSize(pageSize),
      };
      const { messages, next } = await messageSearch.searchMessages(ask, search);
      return {
        messages: messages.map(toSeenMessage),
        nextPageToken: next === 0 ? "" : toPageToken(list, String(next)),
      };
    },
  };
}

/** Reads a page's position; 0 is the newest message. @throws ChatError PAGE_TOKEN_INVALID */
function toPosition(position: string): number {
  const number = position === "" ? 0 : Number(position);
  if (/^\d*$/.test(position) && Number.isSafeInteger(number)) return number;
  throw new ChatError("PAGE_TOKEN_INVALID", "page_token is not one that this search gave", {
    field: "page_token",
  });
}
