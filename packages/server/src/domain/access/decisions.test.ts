import assert from "node:assert/strict";
import { test } from "node:test";
import { allow, createDecider, describeTrace, refuse } from "./decisions.ts";

const settle = createDecider(["first", "second", "third"] as const);

test("a decision's trace has what passed, and ends with the rule that decided", () => {
  assert.deepEqual(settle("second", allow("a friend")), {
    allowed: true,
    decidedBy: "second",
    trace: [
      { rule: "first", verdict: "passes" },
      { rule: "second", verdict: "allows", because: "a friend" },
    ],
  });
});

test("a refusal carries its reason and when to come back", () => {
  const refusal = { ...refuse("SLOW_MODE", "too fast"), retryAfterMs: 3 };
  assert.deepEqual(settle("first", refusal), {
    allowed: false,
    reason: "SLOW_MODE",
    explanation: "too fast",
    retryAfterMs: 3,
    decidedBy: "first",
    trace: [{ rule: "first", verdict: "denies", because: "too fast" }],
  });
});

test("a trace has one rule a line", () => {
  const { trace } = settle("second", refuse("MUTED", "muted until further notice"));
  assert.deepEqual(describeTrace(trace), ["first: passes", "second: denies, muted until further notice"]);
});
