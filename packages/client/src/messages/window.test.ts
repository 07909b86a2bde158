import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MessageRecord } from "../live/records.ts";
import { dropBefore, find, put, type Window } from "./window.ts";

const EMPTY: MessageRecord = {
  roomId: "r",
  seq: 0,
  id: "",
  clientMessageId: "",
  senderId: "ada",
  isMine: false,
  text: "",
  replyToSeq: 0,
  threadRootSeq: 0,
  mentionUserIds: [],
  mentionsMe: false,
  reactions: [],
  isPinned: false,
  isDeleted: false,
  isEdited: false,
  createTime: new Date(0),
  updateTime: new Date(0),
  revision: 0,
  payload: new Uint8Array(),
  payloadType: "",
  knowsOwnReactions: true,
};
const message = (seq: number, revision = seq, more: Partial<MessageRecord> = {}): MessageRecord => ({
  ...EMPTY,
  seq,
  revision,
  ...more,
});
const seqsOf = (window: Window): number[] => window.map(({ seq }) => seq);

describe("a window of messages", () => {
  test("is ascending, whatever order they come in", () => {
    let window: Window = [];
    for (const seq of [5, 3, 9, 4, 1, 10]) window = put(window, message(seq));
    assert.deepEqual(seqsOf(window), [1, 3, 4, 5, 9, 10]);
    for (const seq of [1, 3, 4, 5, 9, 10]) assert.equal(find(window, seq)?.seq, seq);
    for (const seq of [0, 2, 6, 11]) assert.equal(find(window, seq), undefined);
    assert.deepEqual(seqsOf(dropBefore(window, 4)), [4, 5, 9, 10]);
    assert.equal(dropBefore(window, 1), window);
    assert.deepEqual(dropBefore(window, 11), []);
    assert.equal(find([], 1), undefined);
  });

  test("has the newest state of each, and of equal states the one that knows the user's own reactions", () => {
    const newer = message(1, 7, { knowsOwnReactions: false });
    let window = put([message(1, 5)], newer);
    assert.equal(window[0], newer);
    assert.equal(put(window, message(1, 6)), window);
    const surer = message(1, 7);
    window = put(window, surer);
    assert.equal(window[0], surer);
    assert.equal(put(window, newer), window);
  });
});
