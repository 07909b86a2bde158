import { v1 } from "@confab/protocol";
import { toSeq } from "../fields.ts";
import type { MessageRecord } from "../live/records.ts";
import type { RoomContext } from "../rooms/context.ts";
import type { MessageQuery } from "../rooms/room.ts";
import { toMessageRecord } from "./convert.ts";

const PAGE_SIZE = 100;

/** Reads a page of a room's messages, oldest first. @throws ConfabError */
export async function listMessages(
  { session, meId, directory }: RoomContext,
  roomId: string,
  { threadRootSeq = 0, isPinned, pageSize = PAGE_SIZE, signal, ...position }: MessageQuery,
): Promise<{ readonly messages: readonly MessageRecord[]; readonly hasMore: boolean }> {
  const { beforeSeq, afterSeq, aroundSeq } = position;
  const request = {
    roomId,
    pageSize,
    threadRootSeq: toSeq(threadRootSeq, "thread_root_seq"),
    pinnedOnly: isPinned === true,
    ...(beforeSeq !== undefined && { beforeSeq: toSeq(beforeSeq, "before_seq") }),
    ...(afterSeq !== undefined && { afterSeq: toSeq(afterSeq, "after_seq") }),
    ...(aroundSeq !== undefined && { aroundSeq: toSeq(aroundSeq, "around_seq") }),
  };
  const page = await session.call(v1.ChatService.method.listMessages, request, { signal });
  const messages = page.messages.map((message) => toMessageRecord(message, { meId, isAnswer: true }));
  if (afterSeq === undefined && aroundSeq === undefined) messages.reverse();
  await directory.load(
    messages.map(({ senderId }) => senderId),
    signal,
  );
  return { messages, hasMore: page.hasMore };
}
