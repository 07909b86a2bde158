import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { Code, type ConfabError, InvalidArgumentError } from "../errors.ts";
import { toDuration, toSeq } from "../fields.ts";
import type { MessageRecord } from "../live/records.ts";
import type { SendOptions } from "../rooms/room.ts";
import { randomUuid } from "../uuid.ts";

/** A message that the client does not know to be stored. */
export interface Unsent {
  readonly request: MessageInitShape<typeof v1.SendMessageRequestSchema> & {
    readonly clientMessageId: string;
  };
  /** The message as the timeline shows it meanwhile. */
  readonly echo: MessageRecord;
  /** The refusal; null while the message waits. */
  readonly error: ConfabError | null;
}

interface Sender {
  readonly roomId: string;
  readonly meId: string;
  readonly nowMs: () => number;
}

/** Makes the request for a message, and its echo. @throws InvalidArgumentError `TEXT_EMPTY` */
export function toUnsent(text: string, options: SendOptions, { roomId, meId, nowMs }: Sender): Unsent {
  if (text.trim() === "" && !options.payload?.length) throw textEmpty();
  const clientMessageId = options.clientMessageId ?? randomUuid();
  const { replyToSeq = 0, threadRootSeq = 0, mentionUserIds = [], payloadType = "", ttlMs } = options;
  const payload = options.payload ?? new Uint8Array();
  const now = new Date(nowMs());
  const common = {
    roomId,
    clientMessageId,
    text,
    mentionUserIds: [...mentionUserIds],
    payload,
    payloadType,
  };
  return {
    request: {
      ...common,
      replyToSeq: toSeq(replyToSeq, "reply_to_seq"),
      threadRootSeq: toSeq(threadRootSeq, "thread_root_seq"),
      ...(ttlMs !== undefined && { ttl: toDuration(ttlMs, "ttl") }),
    },
    echo: {
      ...common,
      seq: 0,
      id: "",
      senderId: meId,
      isMine: true,
      replyToSeq,
      threadRootSeq,
      mentionsMe: false,
      reactions: [],
      isPinned: false,
      isDeleted: false,
      isEdited: false,
      createTime: now,
      updateTime: now,
      revision: 0,
      knowsOwnReactions: true,
    },
    error: null,
  };
}

/** Returns true if two requests say the same. */
export function isSameRequest(one: Unsent["request"], other: Unsent["request"]): boolean {
  const encode = (request: Unsent["request"]): string =>
    toBinary(v1.SendMessageRequestSchema, create(v1.SendMessageRequestSchema, request)).join();
  return encode(one) === encode(other);
}

/** Makes the error for an id that another unsent message has. */
export function idInUse({ request, error }: Unsent): ConfabError {
  const what = error ? "has failed: retry or discard it" : "is under way, with other content";
  const message = `a message "${request.clientMessageId}" ${what}`;
  return new InvalidArgumentError({ reason: "MESSAGE_ID_REUSED", code: Code.INVALID_ARGUMENT, message });
}

function textEmpty(): InvalidArgumentError {
  const message = "the text is blank: a message says something, or has a payload";
  const fieldViolations = [{ field: "text", description: message }];
  return new InvalidArgumentError({
    reason: "TEXT_EMPTY",
    code: Code.INVALID_ARGUMENT,
    message,
    fieldViolations,
  });
}
