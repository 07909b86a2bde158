import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimelineItem } from "@confab/client/core";
import { mergedAnswers } from "./use-thread.ts";

const message = (seq: number, threadRootSeq: number, text: string): TimelineItem =>
  ({ seq, threadRootSeq, text, state: seq === 0 ? "sending" : "sent" }) as TimelineItem;

test("a thread has the loaded answers as the timeline knows them, and its unsent ones last", () => {
  const loaded = [message(2, 1, "old"), message(5, 1, "before the edit")];
  const items = [
    message(5, 1, "edited"),
    message(6, 0, "elsewhere"),
    message(7, 1, "new"),
    message(0, 1, "unsent"),
  ];
  const texts = mergedAnswers(loaded, items, 1).map(({ text }) => text);
  assert.deepEqual(texts, ["old", "edited", "new", "unsent"]);
});
