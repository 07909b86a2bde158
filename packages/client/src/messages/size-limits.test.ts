import assert from "node:assert/strict";
import { test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { ConfabError } from "../errors.ts";
import { SizeLimits } from "./size-limits.ts";

const MAX_BYTES = 1_000;
const server = create(v1.GetServerInfoResponseSchema, { limits: { request_bytes: BigInt(MAX_BYTES) } });
const LONG_ID = String(Number.MAX_SAFE_INTEGER);

/** Encodes the command that a message becomes late in a long stream, where others came before it. */
function sentBytes(text: string): number {
  const command = { case: "sendMessage", value: { text } } as const;
  const ids = { commandId: LONG_ID, afterCommandId: LONG_ID };
  return toBinary(v1.ConnectRequestSchema, create(v1.ConnectRequestSchema, { ...ids, command })).length;
}

test("a message passes exactly if it is within the limit with everything that is sent with it", () => {
  const sizes = new SizeLimits(server);
  let passed = 0;
  for (let length = 0; length <= MAX_BYTES; length++) {
    const text = "x".repeat(length);
    const check = () => sizes.checkMessage({ text });
    if (sentBytes(text) <= MAX_BYTES) {
      check();
      passed++;
    } else {
      assert.throws(check, (error) => error instanceof ConfabError && error.reason === "REQUEST_TOO_LARGE");
    }
  }
  assert.ok(passed > 900 && passed < MAX_BYTES, `${passed} passed`);
});
