import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { Presence, RoomChange, Signal } from "../../domain/changes.ts";
import type { Message } from "../../domain/messages.ts";
import type { FrameEncoding, Gap, ResumeOutcome } from "../../live/frames.ts";
import { Joiner, mergeResponses, PREFIX_BYTES, toResponse, writePrefix } from "../../live/responses.ts";
import { BackwardWriter } from "../backward-writer.ts";
import { toMessageBytes } from "./message-bytes.ts";
import { toMessage } from "./message-convert.ts";
import { toMember, toRoom, toRoomView } from "./room-convert.ts";

/** How a client of the live stream should keep it. In milliseconds. */
export interface StreamTimes {
  /** How often the server says something when nothing else is to be said. */
  readonly heartbeatMs: number;
  /** How old a stream may become, but for a tenth more or less, so that not all end at once. */
  readonly maxAgeMs: number;
}

export const STREAM_TIMES: StreamTimes = { heartbeatMs: 25_000, maxAgeMs: 30 * 60_000 };

type FrameOf = NonNullable<MessageInitShape<typeof v1.FrameSchema>["frame"]>;

/**
 * The frames of Connect and Subscribe: each is encoded as a response with one frame. The bytes of two such
 * responses, end to end, are a response with both frames, and are the same for both methods.
 */
export function frameEncoding(times: StreamTimes): FrameEncoding {
  return {
    change: encodeChange,
    joiner: new Joiner(mergeResponses),
    signal: (signal) => encodeFrame({ case: "event", value: toSignalEvent(signal) }),
    snapshot: (view) => encodeFrame({ case: "room", value: toRoomView(view) }),
    gap: (gap) => encodeFrame({ case: "gap", value: toGap(gap) }),
    ready: (outcome) =>
      encodeFrame({
        case: "ready",
        value: {
          outcome: outcomes[outcome],
          heartbeatInterval: durationFromMs(times.heartbeatMs),
          maxStreamAge: durationFromMs(times.maxAgeMs),
        },
      }),
  };
}

/** One for all frames: it keeps its buffer, and what it has written is copied out of it. */
const writer = new BackwardWriter();

/** A change as a frame. A message's bytes are the same in its event and in the answer to its sender. */
function encodeChange(change: RoomChange): Buffer {
  if (change.change.kind !== "message") return encodeFrame({ case: "event", value: toEvent(change) });
  const { roomId, revision, actorId, atMs } = change;
  const message = encodeMessage(change.change.message);
  writer.reset();
  writer.message(field.eventMessage, message);
  writer.timestamp(field.eventCreateTime, atMs);
  writer.string(field.eventActorId, actorId);
  writer.count(field.eventRevision, revision);
  writer.string(field.eventRoomId, roomId);
  writer.nest(field.event, 0);
  writer.nest(field.frames, 0);
  return finishResponse();
}

/** What answers a command that has sent a message. */
export function encodeSent(
  commandId: string,
  { message, duplicate }: { readonly message: Message; readonly duplicate: boolean },
): Buffer {
  const bytes = encodeMessage(message);
  writer.reset();
  writer.bool(field.duplicate, duplicate);
  writer.message(field.message, bytes);
  writer.nest(field.sendMessage, 0);
  writer.string(field.commandId, commandId);
  writer.nest(field.result, 0);
  writer.nest(field.frames, 0);
  return finishResponse();
}

function finishResponse(): Buffer {
  return writePrefix(writer.finish(PREFIX_BYTES));
}

const { ConnectResponseSchema, FrameSchema, EventSchema, CommandResultSchema, SendMessageResponseSchema } =
  v1;

/** The numbers of the fields that are written by hand, as the contract has them. */
const field = {
  frames: ConnectResponseSchema.field.frames.number,
  event: FrameSchema.field.event.number,
  result: FrameSchema.field.result.number,
  eventRoomId: EventSchema.field.roomId.number,
  eventRevision: EventSchema.field.revision.number,
  eventActorId: EventSchema.field.actorId.number,
  eventCreateTime: EventSchema.field.createTime.number,
  eventMessage: EventSchema.field.message.number,
  commandId: CommandResultSchema.field.commandId.number,
  sendMessage: CommandResultSchema.field.sendMessage.number,
  message: SendMessageResponseSchema.field.message.number,
  duplicate: SendMessageResponseSchema.field.duplicate.number,
};

const encodedMessages = new WeakMap<Message, Uint8Array>();

function encodeMessage(message: Message): Uint8Array {
  const known = encodedMessages.get(message);
  if (known) return known;
  const bytes = toMessageBytes(message);
  encodedMessages.set(message, bytes);
  return bytes;
}

export function encodeFrame(frame: FrameOf): Buffer {
  return toResponse(
    toBinary(v1.ConnectResponseSchema, create(v1.ConnectResponseSchema, { frames: [{ frame }] })),
  );
}

const outcomes = {
  fresh: v1.ResumeOutcome.FRESH,
  resumed: v1.ResumeOutcome.RESUMED,
  partial: v1.ResumeOutcome.PARTIAL,
} as const satisfies Record<ResumeOutcome, v1.ResumeOutcome>;

const gapReasons = {
  "too-far-behind": v1.GapReason.TOO_FAR_BEHIND,
  retention: v1.GapReason.RETENTION,
  "access-changed": v1.GapReason.ACCESS_CHANGED,
  "slow-consumer": v1.GapReason.SLOW_CONSUMER,
} as const satisfies Record<Gap["reason"], v1.GapReason>;

const activities = {
  online: v1.Activity.ONLINE,
  away: v1.Activity.AWAY,
  offline: v1.Activity.OFFLINE,
} as const satisfies Record<Presence, v1.Activity>;

function toGap({ roomId, fromRevision, toRevision, reason }: Gap) {
  return {
    roomId,
    fromRevision: BigInt(fromRevision),
    toRevision: BigInt(toRevision),
    reason: gapReasons[reason],
  };
}

function toEvent({ roomId, revision, actorId, atMs, change }: RoomChange) {
  return {
    roomId,
    revision: BigInt(revision),
    actorId,
    createTime: timestampFromMs(atMs),
    change: toChange(change),
  };
}

function toChange(change: RoomChange["change"]) {
  switch (change.kind) {
    case "message":
      return { case: "message", value: toMessage(change.message) } as const;
    case "reaction": {
      const { seq, emoji, removed } = change;
      return { case: "reaction", value: { messageSeq: BigInt(seq), emoji, removed } } as const;
    }
    case "member":
      return { case: "member", value: toMember(change.member) } as const;
    case "room":
      return { case: "room", value: toRoom(change.room) } as const;
    default:
      return change satisfies never;
  }
}

function toSignalEvent(signal: Signal) {
  const { userId } = signal;
  switch (signal.kind) {
    case "read": {
      const value = { userId, readSeq: BigInt(signal.readSeq) };
      return { roomId: signal.roomId, actorId: userId, change: { case: "readCursor", value } } as const;
    }
    case "typing": {
      const expireTime = timestampFromMs(signal.expiresAtMs);
      const value = { userId, activity: v1.Activity.TYPING, expireTime };
      return { roomId: signal.roomId, actorId: userId, change: { case: "activity", value } } as const;
    }
    case "presence": {
      const value = { userId, activity: activities[signal.presence] };
      return { actorId: userId, change: { case: "activity", value } } as const;
    }
    default:
      return signal satisfies never;
  }
}
