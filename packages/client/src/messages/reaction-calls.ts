import { v1 } from "@confab/protocol";
import { toSeq } from "../fields.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "../rooms/context.ts";
import { toDate } from "../rooms/convert-room.ts";
import type { ReactionRemoval } from "../rooms/room.ts";
import type { MessageKey } from "./calls.ts";
import type { GivenReaction } from "./message.ts";

const PAGE_SIZE = 100;
const { method } = v1.ChatService;

/** Adds a reaction of the user's to a message, or removes it. @throws ConfabError */
export async function setReaction(
  { session }: RoomContext,
  { seq, ...reaction }: MessageKey & { readonly emoji: string; readonly removed: boolean },
  options: CallOptions,
): Promise<void> {
  await session.call(method.setReaction, { ...reaction, seq: toSeq(seq) }, options);
}

/** Takes off others' reactions. @throws ConfabError */
export async function removeReactions(
  { session }: RoomContext,
  { seq, ...key }: MessageKey & { readonly emoji: string },
  { userId = "", reason = "", ...options }: ReactionRemoval,
): Promise<void> {
  const request = { ...key, seq: toSeq(seq), userId, reason };
  await session.call(method.removeReactions, request, options);
}

/** Lists who has reacted to a message, by emoji, page by page. @throws ConfabError */
export async function listReactions(
  { session, directory }: RoomContext,
  { seq, roomId }: MessageKey,
  options: CallOptions,
): Promise<readonly GivenReaction[]> {
  const listed: v1.Reaction[] = [];
  let pageToken = "";
  do {
    const request = { roomId, seq: toSeq(seq), pageSize: PAGE_SIZE, pageToken };
    const page = await session.call(method.listReactions, request, options);
    listed.push(...page.reactions);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  const users = await directory.load(
    listed.map(({ userId }) => userId),
    options.signal,
  );
  return listed.map(({ emoji, userId, createTime }) => ({
    emoji,
    userId,
    user: users.get(userId) ?? directory.show(userId),
    createTime: toDate(createTime),
  }));
}
