import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "../errors.ts";
import type { RoomId } from "../ids.ts";
import { parseMessageText, parsePayload, parseSend, type SendFields } from "./fields.ts";
import { Payload } from "./payload.ts";

const message: SendFields = {
  roomId: "room" as RoomId,
  clientMessageId: "",
  text: "text",
  replyToSeq: 0,
  threadRootSeq: 0,
  mentionUserIds: [],
  payload: null,
  ttlMs: 0,
};

function refusalOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    assert.ok(error instanceof ChatError);
    return `${error.reason} ${error.field}`;
  }
  return "accepted";
}

function sending(fields: Partial<SendFields>): string {
  return refusalOf(() => parseSend({ ...message, ...fields }));
}

test("what says something valid is taken as it is, each mention once", () => {
  assert.equal(parseSend(message), message);
  const mentionUserIds = ["a", "b", "a", "all"];
  assert.deepEqual(parseSend({ ...message, mentionUserIds }).mentionUserIds, ["a", "b", "all"]);
});

test("a time to live is nothing, or between a second and ten years", () => {
  const tenYearsMs = 3_650 * 24 * 3_600_000;
  for (const ttlMs of [0, 1_000, tenYearsMs]) assert.equal(sending({ ttlMs }), "accepted");
  for (const ttlMs of [1, 999, tenYearsMs + 1]) assert.equal(sending({ ttlMs }), "FIELD_INVALID ttl");
});

test("a payload has 1 byte to 32 KiB, and a type", () => {
  const fields = { bytes: "payload", type: "payload_type" };
  const refusal = (bytes: number, type = "t") =>
    refusalOf(() => parsePayload(new Payload(new Uint8Array(bytes), type), fields));
  for (const bytes of [1, 2, 3, 32 * 1024 - 1, 32 * 1024])
    assert.equal(refusal(bytes), "accepted", `${bytes}`);
  for (const bytes of [32 * 1024 + 1, 32 * 1024 + 2]) {
    assert.equal(refusal(bytes), "FIELD_TOO_LONG payload", `${bytes}`);
  }
  assert.equal(refusal(0), "FIELD_INVALID payload_type");
  assert.equal(refusal(1, ""), "FIELD_REQUIRED payload_type");
});

test("a text may be left out where a payload says it all, but is never blank", () => {
  const parse = (text: string, mayBeEmpty: boolean) => () => parseMessageText(text, "text", { mayBeEmpty });
  assert.equal(refusalOf(parse("", true)), "accepted");
  assert.equal(refusalOf(parse("", false)), "TEXT_EMPTY text");
  assert.equal(refusalOf(parse(" ", true)), "TEXT_EMPTY text");
});

test("ids that clients choose are any text without control characters, counted in bytes", () => {
  for (const clientMessageId of ["a/b:c ~", "é".repeat(64), "😀"])
    assert.equal(sending({ clientMessageId }), "accepted");
  for (const clientMessageId of ["a\tb", "é\u007f", "\ud800"]) {
    assert.equal(sending({ clientMessageId }), "FIELD_INVALID client_message_id");
  }
  assert.equal(sending({ clientMessageId: "é".repeat(65) }), "FIELD_TOO_LONG client_message_id");
});
