import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { extraCalls } from "./call-cost.ts";

test("long pages and long edits count as several calls", () => {
  const page = (pageSize: number) => create(v1.ListMessagesRequestSchema, { pageSize });
  assert.deepEqual([extraCalls(page(1)), extraCalls(page(25)), extraCalls(page(100))], [0, 1, 4]);
  const edit = (text: string) => create(v1.UpdateMessageRequestSchema, { message: { text } });
  assert.deepEqual([extraCalls(edit("short")), extraCalls(edit("x".repeat(16_000)))], [0, 4]);
  assert.equal(extraCalls(create(v1.UpdateMessageRequestSchema)), 0);
});

test("what a message has that is sent counts once: sends have a limit of their own", () => {
  assert.equal(extraCalls(create(v1.SendMessageRequestSchema, { text: "x".repeat(16_000) })), 0);
});
