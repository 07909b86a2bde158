import assert from "node:assert/strict";
import { test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { Message } from "../../../domain/messages/message.ts";
import { mergeResponses, toResponse } from "../../../live/responses.ts";
import { toMessage } from "../messages/convert.ts";
import { encodeSent, frameEncoding, STREAM_TIMES } from "./frames.ts";

const message: Message = {
  roomId: "room" as RoomId,
  seq: 7,
  revision: 2 ** 40,
  id: "id",
  clientMessageId: "mine",
  senderId: "ada" as UserId,
  senderName: "ada",
  replyToSeq: 1,
  threadRootSeq: 0,
  deleted: false,
  createdAtMs: 1_700_000_000_123,
  updatedAtMs: 1_700_000_001_000,
  content: {
    text: "zwölf 👍".repeat(50),
    mentionUserIds: ["grace"],
    reactions: [{ emoji: "👍", count: 3 }],
    pinned: true,
    payload: null,
    expiresAtMs: null,
  },
};

function asResponse(frame: v1.Frame["frame"]): Buffer {
  const response = create(v1.ConnectResponseSchema, { frames: [{ frame }] });
  return toResponse(toBinary(v1.ConnectResponseSchema, response));
}

test("a message's event has the bytes that protobuf-es makes of it", () => {
  const { roomId, revision } = message;
  const encoding = frameEncoding(STREAM_TIMES);
  for (const actorId of ["ada" as UserId, ""] as const) {
    const value = create(v1.EventSchema, {
      roomId,
      revision: BigInt(revision),
      actorId,
      createTime: timestampFromMs(0),
      change: { case: "message", value: toMessage(message) },
    });
    const change = { roomId, revision, actorId, atMs: 0, change: { kind: "message", message } } as const;
    assert.deepEqual(encoding.change(change), asResponse({ case: "event", value }));
  }
});

test("changes in one response have the bytes of their own responses, end to end", () => {
  const { roomId } = message;
  const encoding = frameEncoding(STREAM_TIMES);
  const changes = [
    { kind: "message", message },
    { kind: "reaction", seq: 7, emoji: "❤️", removed: false, userId: "ada" as UserId },
    { kind: "message", message: { ...message, seq: 8 } },
  ] as const;
  const all = changes.map(
    (change, index) => ({ roomId, revision: index, actorId: "", atMs: 1, change }) as const,
  );
  assert.deepEqual(encoding.changes(all), mergeResponses(all.map((one) => encoding.change(one))));
});

test("the answer to who has sent it, too", () => {
  for (const duplicate of [true, false]) {
    const result = { case: "sendMessage", value: { message: toMessage(message), duplicate } } as const;
    const value = create(v1.CommandResultSchema, { commandId: "12", result });
    assert.deepEqual(encodeSent("12", { message, duplicate }), asResponse({ case: "result", value }));
  }
});
