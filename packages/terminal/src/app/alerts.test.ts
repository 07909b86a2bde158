import assert from "node:assert/strict";
import { test } from "node:test";
import { messageFrom, roomNamed } from "../screen/testing.ts";
import { countForMe, hasNewForMe } from "./alerts.ts";

const nobody = new Set<string>();
const room = roomNamed("engines", { lastSeq: 1 });
const direct = roomNamed("Grace", { kind: "direct", lastSeq: 1 });

test("mentions and direct messages count, other messages don't", () => {
  const rooms = [
    { ...room, unreadCount: 5, mentionCount: 2 },
    { ...direct, unreadCount: 3 },
    { ...room, unreadCount: 9 },
  ];
  assert.equal(countForMe(rooms), 5);
});

test("a new mention or direct message is news, also where it is read at once", () => {
  assert.ok(hasNewForMe([room], [{ ...room, unreadCount: 1, mentionCount: 1, lastSeq: 2 }], nobody));
  assert.ok(hasNewForMe([], [{ ...direct, unreadCount: 1 }], nobody));
  const mention = messageFrom("Grace", "@me", 2, { mentionsMe: true });
  assert.ok(hasNewForMe([room], [{ ...room, lastSeq: 2, lastMessage: mention }], nobody));
  const plain = messageFrom("Grace", "psst", 2);
  assert.ok(hasNewForMe([direct], [{ ...direct, lastSeq: 2, lastMessage: plain }], nobody));
});

test("the rest is no news: others' talk, own messages, people who are ignored, what was there, what is read", () => {
  const plain = messageFrom("Grace", "hello", 2);
  assert.ok(!hasNewForMe([room], [{ ...room, unreadCount: 1, lastSeq: 2, lastMessage: plain }], nobody));
  const own = messageFrom("Me", "psst", 2);
  assert.ok(!hasNewForMe([direct], [{ ...direct, lastSeq: 2, lastMessage: own }], nobody));
  const ignored = new Set([plain.senderId]);
  assert.ok(!hasNewForMe([direct], [{ ...direct, lastSeq: 2, lastMessage: plain }], ignored));
  const after = { ...direct, unreadCount: 2 };
  assert.ok(!hasNewForMe([after], [after], nobody));
  assert.ok(!hasNewForMe([after], [{ ...after, unreadCount: 0 }], nobody));
});
