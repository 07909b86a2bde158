import { create } from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { DurationSchema, durationMs } from "@bufbuild/protobuf/wkt";
import { mergeMessages } from "../live/reduce.ts";
import type { RoomCache } from "../live/room-cache.ts";
import type { Typing } from "../presence/typing.ts";
import type { RoomContext } from "../rooms/context.ts";
import { delay } from "../waiting.ts";
import { sendMessage } from "./calls.ts";
import { Outgoing } from "./outgoing.ts";
import type { Unsent } from "./unsent-message.ts";
import type { UnsentWork } from "./unsent-work.ts";

interface OutgoingParts {
  readonly cache: RoomCache;
  readonly typing: Typing;
  /** Called when the unsent messages change. */
  readonly onChanged: () => void;
}

/** Makes a room's queue of unsent messages, which sends over the stream. */
export function roomOutgoing(context: RoomContext, { cache, typing, onChanged }: OutgoingParts): Outgoing {
  const roomId = cache.state.room.id;
  const outgoing: Outgoing = new Outgoing({
    roomId,
    meId: context.meId,
    nowMs: context.environment.nowMs,
    count: context.unsent,
    checkSize: (request) => context.sizes.checkMessage(request),
    isOnline: () => context.connection.isOnline,
    post: (request, after) => {
      typing.sends();
      return sendMessage(context, request, after);
    },
    wait: (ms) => delay(ms, context.closed),
    onStored: (message) => {
      cache.set(mergeMessages(cache.state, [message]));
      typing.sent();
    },
    onChanged() {
      onChanged();
      context.unsentWork.set(roomId, "messages", () => outgoing.unsent.filter(isWaiting).map(toWork));
    },
  });
  return outgoing;
}

function isWaiting({ error }: Unsent): boolean {
  return error === null;
}

function toWork({ request, echo }: Unsent): UnsentWork {
  const { roomId, text, clientMessageId, replyToSeq, threadRootSeq, mentionUserIds, payloadType } = echo;
  const ttl = request.ttl && durationMs(create(DurationSchema, request.ttl));
  return {
    kind: "send",
    roomId,
    text,
    clientMessageId,
    replyToSeq,
    threadRootSeq,
    mentionUserIds,
    ...(ttl !== undefined && { ttlMs: ttl }),
    payload: base64Encode(echo.payload),
    payloadType,
  };
}
