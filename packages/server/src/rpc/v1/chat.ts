import { hash } from "node:crypto";
import { v1 } from "@confab/protocol";
import type { HistoryPage, MessageHistory } from "../../app/history.ts";
import type { MessageChanges, MessageEdit } from "../../app/message-changes.ts";
import type { Messages } from "../../app/messages.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId } from "../../domain/ids.ts";
import { chatAccess } from "../access.ts";
import { type Binding, binding } from "../bind.ts";
import type { Handlers } from "../handler.ts";
import { MAX_HELLO_BYTES } from "./connect.ts";
import { fromSendRequest, toBase64, toMessage, toReactions } from "./message-convert.ts";
import { parseCounter } from "./numbers.ts";
import { parsePageSize, parsePageToken, toPageToken } from "./pages.ts";
import { required } from "./required.ts";
import { toOwnMember } from "./room-convert.ts";

type ChatHandlers = Handlers<typeof v1.ChatService>;
type LiveMethod = "connect" | "subscribe" | "signalActivity";

export interface MessageParts {
  readonly messages: Messages;
  readonly messageChanges: MessageChanges;
  readonly messageHistory: MessageHistory;
}

/** The full contract's ChatService: the calls about messages, and those of the live stream. */
export function chatService(
  calls: Omit<ChatHandlers, LiveMethod>,
  live: Pick<ChatHandlers, LiveMethod>,
): Binding {
  const maxFirstBytes = { connect: MAX_HELLO_BYTES, subscribe: MAX_HELLO_BYTES };
  return binding(v1.ChatService, chatAccess, { ...calls, ...live }, maxFirstBytes);
}

/** The calls about messages; a live stream takes some of them as commands. */
export function messageHandlers({
  messages,
  messageChanges,
  messageHistory,
}: MessageParts): Omit<ChatHandlers, LiveMethod> {
  return {
    async sendMessage(request, context) {
      const { message, duplicate } = await messages.send(context, fromSendRequest(request));
      return { message: toMessage(message), duplicate };
    },

    async getMessage({ roomId, seq }, context) {
      const place = { roomId: roomId as RoomId, seq: parseCounter(seq, "seq") };
      const { message, ownEmoji } = await messageHistory.get(place, context);
      return { message: toMessage(message, ownEmoji) };
    },

    async listMessages(request, context) {
      const page = toHistoryPage(request);
      const history = await messageHistory.list(request.roomId as RoomId, page, context);
      return {
        messages: history.messages.map(({ message, ownEmoji }) => toMessage(message, ownEmoji)),
        hasMore: history.hasMore,
        roomRevision: BigInt(history.roomRevision),
      };
    },

    async updateMessage({ message, updateMask, expectedRevision }, context) {
      const wanted = required(message, "message");
      const edit: MessageEdit = {
        ...toEdit(wanted, updateMask?.paths ?? []),
        expectedRevision: parseCounter(expectedRevision, "expected_revision"),
      };
      const place = { roomId: wanted.roomId as RoomId, seq: parseCounter(wanted.seq, "message.seq") };
      const updated = await messageChanges.update(place, edit, context);
      return { message: toMessage(updated.message, updated.ownEmoji) };
    },

    async deleteMessage({ roomId, seq, reason }, context) {
      const place = { roomId: roomId as RoomId, seq: parseCounter(seq, "seq") };
      const { message, ownEmoji } = await messageChanges.delete(place, reason, context);
      return { message: toMessage(message, ownEmoji) };
    },

    async setReaction({ roomId, seq, emoji, removed }, context) {
      const place = { roomId: roomId as RoomId, seq: parseCounter(seq, "seq") };
      const { message, ownEmoji } = await messageChanges.react(place, { emoji, removed }, context);
      return { reactions: toReactions(message.reactions, ownEmoji) };
    },

    async updateReadCursor({ roomId, readSeq }, context) {
      const cursor = { roomId: roomId as RoomId, readSeq: parseCounter(readSeq, "read_seq") };
      return { self: toOwnMember(await messageChanges.updateReadCursor(cursor, context)) };
    },

    async searchMessages({ query, roomIds, senderId, pageSize, pageToken }, context) {
      const list = `search ${hash("sha256", JSON.stringify([query, roomIds, senderId]), "base64url")}`;
      const search = {
        query,
        roomIds: roomIds as RoomId[],
        senderId,
        before: toPosition(parsePageToken(list, pageToken)),
        limit: parsePageSize(pageSize),
      };
      const { messages: found, next } = await messageHistory.search(search, context);
      return {
        messages: found.map(({ message, ownEmoji }) => toMessage(message, ownEmoji)),
        nextPageToken: next === 0 ? "" : toPageToken(list, String(next)),
      };
    },
  };
}

function toHistoryPage(request: v1.ListMessagesRequest): HistoryPage {
  const before = parseCounter(request.beforeSeq, "before_seq");
  const after = parseCounter(request.afterSeq, "after_seq");
  const around = parseCounter(request.aroundSeq, "around_seq");
  const revision = parseCounter(request.sinceRevision, "since_revision");
  return {
    positions: [
      ...(before > 0 ? [{ kind: "before", seq: before } as const] : []),
      ...(after > 0 ? [{ kind: "after", seq: after } as const] : []),
      ...(around > 0 ? [{ kind: "around", seq: around } as const] : []),
      ...(revision > 0 ? [{ kind: "since-revision", revision } as const] : []),
    ],
    threadRootSeq: parseCounter(request.threadRootSeq, "thread_root_seq"),
    pinnedOnly: request.pinnedOnly,
    limit: parsePageSize(request.pageSize),
  };
}

/** The part of a message that a field mask names. @throws ChatError FIELD_UNKNOWN, FIELD_INVALID */
function toEdit(message: v1.Message, paths: readonly string[]): Omit<MessageEdit, "expectedRevision"> {
  if (paths.includes("payload_type") && !paths.includes("payload")) {
    const text = "update_mask names payload_type without payload: they change together";
    throw new ChatError("FIELD_INVALID", text, { field: "update_mask" });
  }
  return Object.assign({}, ...paths.map((path) => toFieldEdit(message, path)));
}

function toFieldEdit(message: v1.Message, path: string): Omit<MessageEdit, "expectedRevision"> {
  switch (path) {
    case "text":
      return { text: message.text };
    case "payload":
    case "payload_type":
      return { payload: { payload: toBase64(message.payload), payloadType: message.payloadType } };
    case "pinned":
      return { pinned: message.pinned };
    default:
      throw new ChatError(
        "FIELD_UNKNOWN",
        `update_mask names "${path}": it may name text, payload, payload_type and pinned`,
        { field: "update_mask" },
      );
  }
}

/** 0 for the beginning. @throws ChatError PAGE_TOKEN_INVALID */
function toPosition(position: string): number {
  const number = position === "" ? 0 : Number(position);
  if (/^\d*$/.test(position) && Number.isSafeInteger(number)) return number;
  throw new ChatError("PAGE_TOKEN_INVALID", "page_token is not one that this search gave", {
    field: "page_token",
  });
}
