import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "./errors.ts";
import type { RoomId } from "./ids.ts";
import { parseEmoji, parseMessageText, parsePayload, parseSend, type SendFields } from "./message-fields.ts";

const message: SendFields = {
  roomId: "room" as RoomId,
  clientMessageId: "",
  text: "text",
  replyToSeq: 0,
  threadRootSeq: 0,
  mentionUserIds: [],
  payload: "",
  payloadType: "",
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

test("a payload is counted in bytes, whatever its base64 ends with", () => {
  const fields = { payload: "payload", payloadType: "payload_type" };
  for (const bytes of [1, 2, 3, 32 * 1024 - 1, 32 * 1024]) {
    const payload = Buffer.alloc(bytes).toString("base64");
    assert.equal(
      refusalOf(() => parsePayload({ payload, payloadType: "t" }, fields)),
      "accepted",
      `${bytes}`,
    );
  }
  for (const bytes of [32 * 1024 + 1, 32 * 1024 + 2]) {
    const payload = Buffer.alloc(bytes).toString("base64");
    const refusal = refusalOf(() => parsePayload({ payload, payloadType: "t" }, fields));
    assert.equal(refusal, "FIELD_TOO_LONG payload", `${bytes}`);
  }
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

test("people react with anything short that has no blanks", () => {
  for (const emoji of ["👍", "👩‍👩‍👧‍👦", ":shortcode:", "+1"])
    assert.equal(parseEmoji(emoji, "emoji"), emoji);
  for (const emoji of ["\u00a0", "a b", "\n"]) {
    assert.equal(
      refusalOf(() => parseEmoji(emoji, "emoji")),
      "FIELD_INVALID emoji",
    );
  }
});
