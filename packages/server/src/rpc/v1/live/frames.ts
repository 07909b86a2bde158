import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type EnumNames, enumNames, v1 } from "@confab/protocol";
import type { RoomChange, Signal } from "../../../domain/live/changes.ts";
import type { Message } from "../../../domain/messages/message.ts";
import type { FrameEncoding, Gap, Removal, ResumeOutcome } from "../../../live/frames.ts";
import { Joiner, mergeResponses, PREFIX_BYTES, toResponse, writePrefix } from "../../../live/responses.ts";
import { toMember, toRemovedMember } from "../members/convert.ts";
import { toMessage } from "../messages/convert.ts";
import { toMessageBytes, writeMessage, writer } from "../messages/message-bytes.ts";
import { activities } from "../presence/activity.ts";
import { toRoom, toRoomView } from "../rooms/convert.ts";
import { toUser } from "../users/convert.ts";

/** The times of a live stream, in milliseconds; Ready tells them to the client. */
export interface StreamTimes {
  /** The server sends a heartbeat this often. */
  readonly heartbeatMs: number;
  /** A stream ends at this age. It may vary by a tenth, so that not all streams end at once. */
  readonly maxAgeMs: number;
}

export const STREAM_TIMES: StreamTimes = { heartbeatMs: 25_000, maxAgeMs: 30 * 60_000 };

type FrameOf = NonNullable<MessageInitShape<typeof v1.FrameSchema>["frame"]>;

/**
 * Encodes the frames of Connect and Subscribe, each as a response with one frame. The bytes are the same for both
 * methods, and those of two responses, end to end, are one response with both frames.
 */
export function frameEncoding(times: StreamTimes): FrameEncoding {
  return {
    change: encodeChange,
    changes: encodeChanges,
    joiner: new Joiner(mergeResponses),
    signal: encodeSignal,
    snapshot: (view) => encodeFrame({ case: "room", value: toRoomView(view) }),
    gap: (gap) => encodeFrame({ case: "gap", value: toGap(gap) }),
    removal: encodeRemoval,
    ready: (outcome) =>
      encodeFrame({
        case: "ready",
        value: {
          outcome: outcomes.toNumber(outcome),
          heartbeatInterval: durationFromMs(times.heartbeatMs),
          maxStreamAge: durationFromMs(times.maxAgeMs),
        },
      }),
  };
}

/** Encodes a change. A message has the same bytes in its event and in the answer to its sender. */
function encodeChange(change: RoomChange): Buffer {
  if (change.change.kind !== "message") return encodeFrame({ case: "event", value: toEvent(change) });
  const message = encodeMessage(change.change.message);
  writer.reset();
  writer.message(field.eventMessage, message);
  finishEvent(change, 0);
  return finishResponse();
}

/** Encodes changes as one response with a frame for each, the last first. */
function encodeChanges(changes: readonly RoomChange[]): Buffer {
  writer.reset();
  for (let index = changes.length - 1; index >= 0; index--) {
    const change = changes[index];
    if (change) writeChange(change);
  }
  return finishResponse();
}

function writeChange(change: RoomChange): void {
  if (change.change.kind !== "message") {
    const frame = create(v1.FrameSchema, { frame: { case: "event", value: toEvent(change) } });
    writer.message(field.frames, toBinary(v1.FrameSchema, frame));
    return;
  }
  const end = writer.length;
  writeMessage(change.change.message);
  writer.nest(field.eventMessage, end);
  finishEvent(change, end);
}

/** Writes what is before a message in its event, and makes it a frame. */
function finishEvent({ roomId, revision, actorId, atMs }: RoomChange, end: number): void {
  writer.timestamp(field.eventCreateTime, atMs);
  writer.string(field.eventActorId, actorId);
  writer.count(field.eventRevision, revision);
  writer.string(field.eventRoomId, roomId);
  writer.nest(field.event, end);
  writer.nest(field.frames, end);
}

/** Encodes the answer to a command that has sent a message. */
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

/** The numbers, from the contract, of the fields that are written by hand. */
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

const encodedPresence = new WeakMap<Signal, Buffer>();

/** Encodes a signal. A presence is kept: everyone who comes later gets the same. */
function encodeSignal(signal: Signal): Buffer {
  const known = encodedPresence.get(signal);
  if (known) return known;
  const bytes = encodeFrame({ case: "event", value: toSignalEvent(signal) });
  if (signal.kind === "presence") encodedPresence.set(signal, bytes);
  return bytes;
}

function encodeRemoval({ member, ...change }: Removal): Buffer {
  const value = { case: "member", value: toRemovedMember(member) } as const;
  return encodeFrame({ case: "event", value: { ...toEventHead(change), change: value } });
}

const outcomes = enumNames(v1.ResumeOutcome) satisfies EnumNames<ResumeOutcome>;
const gapReasons = enumNames(v1.GapReason) satisfies EnumNames<Gap["reason"]>;

function toGap({ roomId, fromRevision, toRevision, reason }: Gap) {
  return {
    roomId,
    fromRevision: BigInt(fromRevision),
    toRevision: BigInt(toRevision),
    reason: gapReasons.toNumber(reason),
  };
}

function toEvent({ change, ...head }: RoomChange) {
  return { ...toEventHead(head), change: toChange(change) };
}

function toEventHead({ roomId, revision, actorId, atMs }: Omit<RoomChange, "change">) {
  return { roomId, revision: BigInt(revision), actorId, createTime: timestampFromMs(atMs) };
}

function toChange(change: RoomChange["change"]) {
  switch (change.kind) {
    case "message":
      return { case: "message", value: toMessage(change.message) } as const;
    case "reaction": {
      const { seq, emoji, removed, userId } = change;
      return { case: "reaction", value: { messageSeq: BigInt(seq), emoji, removed, userId } } as const;
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
      const value = { userId, activity: activities.toNumber(signal.presence) };
      return { actorId: userId, change: { case: "activity", value } } as const;
    }
    case "profile":
      return { change: { case: "user", value: toUser(signal.user) } } as const;
    default:
      return signal satisfies never;
  }
}
