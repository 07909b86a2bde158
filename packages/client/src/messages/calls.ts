import { v1 } from "@confab/protocol";
import type { SearchOptions } from "../chat.ts";
import { required } from "../errors.ts";
import { toSeq } from "../fields.ts";
import type { MessageRecord } from "../live/records.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "../rooms/context.ts";
import { toMessageRecord } from "./convert.ts";
import type { Post } from "./outgoing.ts";
import type { Unsent } from "./unsent-message.ts";

const { method } = v1.ChatService;

export interface MessageKey {
  readonly roomId: string;
  readonly seq: number;
}

/** Sends a message over the stream, after another if that one is not refused. @throws UnavailableError without a connection */
export function sendMessage(
  { connection, meId }: RoomContext,
  request: Unsent["request"],
  after: Post | null,
): Post {
  const command = { case: "sendMessage", value: request } as const;
  const { commandId, result } = connection.send(command, after?.commandId);
  const stored = result.then((answer) => {
    const message = required(answer.case === "sendMessage" ? answer.value.message : undefined);
    return toMessageRecord(message, { meId, isAnswer: true });
  });
  return { commandId, stored };
}

/** Reads a message. @throws ConfabError */
export async function getMessage(
  { session, meId }: RoomContext,
  { roomId, seq }: MessageKey,
  options: CallOptions,
): Promise<MessageRecord> {
  const { message } = await session.call(method.getMessage, { roomId, seq: toSeq(seq) }, options);
  return toMessageRecord(required(message), { meId, isAnswer: true });
}

/** Fields of a message to change; undefined ones stay. */
interface MessageChanges {
  readonly text?: string;
  readonly mentionUserIds?: readonly string[] | undefined;
  readonly pinned?: boolean;
}

/** Changes a message's text or mentions, or pins or unpins it. @throws ConfabError */
export async function updateMessage(
  { session, meId, sizes }: RoomContext,
  { roomId, seq, text, mentionUserIds, pinned }: MessageKey & MessageChanges,
  options: CallOptions,
): Promise<MessageRecord> {
  if (text !== undefined) sizes.checkText(text);
  const change = {
    ...(text !== undefined && { text }),
    ...(mentionUserIds && { mentionUserIds: [...mentionUserIds] }),
    ...(pinned !== undefined && { pinned }),
  };
  const paths = [
    text !== undefined && "text",
    mentionUserIds && "mention_user_ids",
    pinned !== undefined && "pinned",
  ];
  const updateMask = { paths: paths.filter((path) => typeof path === "string") };
  const request = { message: { ...change, roomId, seq: toSeq(seq) }, updateMask };
  const { message } = await session.call(method.updateMessage, request, options);
  return toMessageRecord(required(message), { meId, isAnswer: true });
}

/** Deletes a message; its tombstone stays. @throws ConfabError */
export async function deleteMessage(
  { session, meId }: RoomContext,
  { seq, ...key }: MessageKey & { readonly reason: string },
  options: CallOptions,
): Promise<MessageRecord> {
  const request = { ...key, seq: toSeq(seq) };
  const { message } = await session.call(method.deleteMessage, request, options);
  return toMessageRecord(required(message), { meId, isAnswer: true });
}

const DEFAULT_SEARCH_SIZE = 50;
/** A page of 100 of the largest messages takes this many calls. */
const MAX_SEARCH_CALLS = 6;

/** Finds messages: reads on until the page is full, because the server's own pages are bounded in bytes and in work. */
export async function search(
  { session }: RoomContext,
  query: string,
  { roomIds = [], senderId = "", pageSize = 0, pageToken = "", signal }: SearchOptions,
): Promise<{ readonly messages: readonly v1.Message[]; readonly nextPageToken: string }> {
  const wanted = pageSize === 0 ? DEFAULT_SEARCH_SIZE : pageSize;
  const messages: v1.Message[] = [];
  let nextPageToken = pageToken;
  let calls = 0;
  do {
    const missing = wanted - messages.length;
    const request = { query, roomIds: [...roomIds], senderId, pageSize: missing, pageToken: nextPageToken };
    const page = await session.call(method.searchMessages, request, { signal });
    messages.push(...page.messages);
    nextPageToken = page.nextPageToken;
    calls++;
  } while (nextPageToken !== "" && messages.length < wanted && calls < MAX_SEARCH_CALLS);
  return { messages, nextPageToken };
}
