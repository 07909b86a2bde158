import { mergeMessages } from "../live/reduce.ts";
import type { RoomCache } from "../live/room-cache.ts";
import type { Typing } from "../presence/typing.ts";
import type { RoomContext } from "../rooms/context.ts";
import { delay } from "../waiting.ts";
import { sendMessage } from "./calls.ts";
import { Outgoing } from "./outgoing.ts";

interface OutgoingParts {
  readonly cache: RoomCache;
  readonly typing: Typing;
  /** Called when the unsent messages change. */
  readonly onChanged: () => void;
}

/** Makes a room's queue of unsent messages, which sends over the stream. */
export function roomOutgoing(context: RoomContext, { cache, typing, onChanged }: OutgoingParts): Outgoing {
  return new Outgoing({
    roomId: cache.state.room.id,
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
    onChanged,
  });
}
