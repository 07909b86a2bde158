import { v1 } from "@confab/protocol";
import type { HistoryPage } from "../../../app/messages/history.ts";
import type { Messages } from "../../../app/messages/messages.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { RoomId } from "../../../domain/ids.ts";
import type { MessageEdit } from "../../../domain/messages/message.ts";
import { chatAccess } from "../../access.ts";
import { type Binding, binding } from "../../binding.ts";
import type { ChatHandlers } from "../handlers.ts";
import { firstRequests } from "../live/first-requests.ts";
import { type Readers, readMask } from "../masks.ts";
import { toOwnMember } from "../members/convert.ts";
import { parseCounter } from "../numbers.ts";
import { parsePageSize } from "../pages.ts";
import { required } from "../required.ts";
import { fromPayload, fromSendRequest, toMessage, toPlace, toSeenMessage } from "./convert.ts";

type MessageMethod =
  | "sendMessage"
  | "getMessage"
  | "listMessages"
  | "updateMessage"
  | "deleteMessage"
  | "updateReadCursor";

/** The full contract's ChatService. */
export function chatService(handlers: ChatHandlers): Binding {
  return binding(v1.ChatService, chatAccess, handlers, firstRequests);
}

/** The ChatService's calls about messages; a live stream takes some of them as commands. */
export function messageHandlers(messages: Messages): Pick<ChatHandlers, MessageMethod> {
  return {
    async sendMessage(ask, request) {
      const { message, duplicate } = await messages.sendMessage(ask, fromSendRequest(request));
      return { message: toMessage(message), duplicate };
    },

    async getMessage(ask, request) {
      return { message: toSeenMessage(await messages.getMessage(ask, toPlace(request))) };
    },

    async listMessages(ask, request) {
      const history = await messages.listMessages(ask, toHistoryPage(request));
      return {
        messages: history.messages.map(toSeenMessage),
        hasMore: history.hasMore,
        roomRevision: BigInt(history.roomRevision),
      };
    },

    async updateMessage(ask, { message, updateMask, expectedRevision }) {
      const wanted = required(message, "message");
      const edit: MessageEdit = {
        expectedRevision: parseCounter(expectedRevision, "expected_revision"),
        ...toEdits(wanted, updateMask?.paths ?? []),
      };
      const place = toPlace(wanted, "message.seq");
      return { message: toSeenMessage(await messages.updateMessage(ask, { ...place, ...edit })) };
    },

    async deleteMessage(ask, { reason, ...request }) {
      const deletion = { ...toPlace(request), reason };
      return { message: toSeenMessage(await messages.deleteMessage(ask, deletion)) };
    },

    async updateReadCursor(ask, { roomId, readSeq }) {
      const cursor = { roomId: roomId as RoomId, readSeq: parseCounter(readSeq, "read_seq") };
      return { self: toOwnMember(await messages.updateReadCursor(ask, cursor)) };
    },
  };
}

function toHistoryPage(request: v1.ListMessagesRequest): HistoryPage {
  const before = parseIfSet(request.beforeSeq, "before_seq");
  const after = parseIfSet(request.afterSeq, "after_seq");
  const around = parseIfSet(request.aroundSeq, "around_seq");
  const revision = parseIfSet(request.sinceRevision, "since_revision");
  return {
    roomId: request.roomId as RoomId,
    positions: [
      ...(before === null ? [] : [{ kind: "before", seq: before } as const]),
      ...(after === null ? [] : [{ kind: "after", seq: after } as const]),
      ...(around === null ? [] : [{ kind: "around", seq: around } as const]),
      ...(revision === null ? [] : [{ kind: "since-revision", revision } as const]),
    ],
    threadRootSeq: parseCounter(request.threadRootSeq, "thread_root_seq"),
    pinnedOnly: request.pinnedOnly,
    limit: parsePageSize(request.pageSize),
  };
}

function parseIfSet(counter: bigint | undefined, field: string): number | null {
  return counter === undefined ? null : parseCounter(counter, field);
}

type FieldEdits = Omit<MessageEdit, "expectedRevision">;

const readers: Readers<v1.Message, FieldEdits> = {
  text: ({ text }) => ({ text }),
  payload: readPayload,
  payload_type: readPayload,
  pinned: ({ pinned }) => ({ pinned }),
  mention_user_ids: ({ mentionUserIds }) => ({ mentionUserIds }),
};

/** Reads the changes that a field mask names. @throws ChatError FIELD_REQUIRED, FIELD_UNKNOWN, FIELD_INVALID */
function toEdits(message: v1.Message, paths: readonly string[]): FieldEdits {
  if (paths.includes("payload_type") && !paths.includes("payload")) {
    const text = "update_mask names payload_type without payload: they change together";
    throw new ChatError("FIELD_INVALID", text, { field: "update_mask" });
  }
  return readMask(message, paths, readers);
}

function readPayload(message: v1.Message): FieldEdits {
  return { payload: fromPayload(message) };
}
