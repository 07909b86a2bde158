import assert from "node:assert/strict";
import { test } from "node:test";
import { toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import fc from "fast-check";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { Message } from "../../../domain/messages/message.ts";
import { Payload } from "../../../domain/messages/payload.ts";
import { toMessage } from "./convert.ts";
import { toMessageBytes } from "./message-bytes.ts";

const counter = fc.oneof(fc.constant(0), fc.nat(300), fc.maxSafeNat());
const timeMs = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 253_402_300_799_999 }));
const text = fc.string({ unit: "grapheme", maxLength: 200 });

const messages: fc.Arbitrary<Message> = fc.record({
  roomId: text.map((id) => id as RoomId),
  seq: counter,
  revision: counter,
  id: text,
  clientMessageId: text,
  senderId: text.map((id) => id as UserId),
  senderName: text,
  replyToSeq: counter,
  threadRootSeq: counter,
  deleted: fc.boolean(),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  content: fc.record({
    text: fc.oneof(
      text,
      fc.nat(100_000).map((length) => "ä".repeat(length)),
    ),
    mentionUserIds: fc.array(text.filter((id) => id !== "")),
    reactions: fc.array(fc.record({ emoji: text, count: fc.nat() })),
    pinned: fc.boolean(),
    payload: fc.option(
      fc.tuple(fc.uint8Array({ maxLength: 2_000 }), text).map(([bytes, type]) => new Payload(bytes, type)),
    ),
    expiresAtMs: fc.option(timeMs),
  }),
});

test("a message's bytes are those that protobuf-es makes of it", () => {
  fc.assert(
    fc.property(messages, (message) => {
      const expected = toBinary(v1.MessageSchema, toMessage(message));
      assert.deepEqual(Buffer.from(toMessageBytes(message)), Buffer.from(expected));
    }),
  );
});
