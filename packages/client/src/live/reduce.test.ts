import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { toMessageRecord } from "../messages/convert.ts";
import { takeCounts } from "../messages/counting.ts";
import { addPage, beginPage, mergeMessages, reduce, settle, trim } from "./reduce.ts";
import { fromSnapshot, hasOlder, type RoomState } from "./state.ts";

const ME = "me";
const { JOINED } = v1.MemberState;

function snapshot(
  lastSeq: number,
  revision = lastSeq,
  more: { readonly self?: MessageInitShape<typeof v1.MemberSchema> } = {},
): v1.Room {
  const self = { userId: ME, state: JOINED, readSeq: BigInt(lastSeq) };
  const lastMessage = lastSeq > 0 ? { lastMessage: message(lastSeq, revision) } : {};
  const counters = { lastSeq: BigInt(lastSeq), revision: BigInt(revision), firstSeq: 1n };
  return create(v1.RoomSchema, { id: "r", self, ...counters, ...lastMessage, ...more });
}

function message(
  seq: number,
  revision = seq,
  more: MessageInitShape<typeof v1.MessageSchema> = {},
): MessageInitShape<typeof v1.MessageSchema> {
  return {
    roomId: "r",
    seq: BigInt(seq),
    revision: BigInt(revision),
    senderId: "ada",
    text: `${seq}`,
    ...more,
  };
}

type Change = MessageInitShape<typeof v1.EventSchema>["change"];

function event(revision: number, change: NonNullable<Change>, actorId = "ada"): v1.Event {
  return create(v1.EventSchema, { roomId: "r", revision: BigInt(revision), actorId, change });
}

function said(seq: number, revision = seq, more: MessageInitShape<typeof v1.MessageSchema> = {}): v1.Event {
  return event(revision, { case: "message", value: message(seq, revision, more) });
}

/** Returns the state after the events, and the kinds of their changes. */
function play(state: RoomState, events: readonly v1.Event[]): { state: RoomState; kinds: string[] } {
  const kinds: string[] = [];
  for (const one of events) {
    const reduced = reduce(state, one, ME);
    state = reduced.state;
    if (reduced.change) kinds.push(reduced.change.kind);
  }
  return { state, kinds };
}

const start = (lastSeq = 5, revision = lastSeq): RoomState =>
  fromSnapshot(snapshot(lastSeq, revision), ME, null);
const seqsOf = ({ window }: RoomState): number[] => window.map(({ seq }) => seq);
const textsOf = ({ window }: RoomState): string[] => window.map(({ text }) => text);
const page = (...messages: MessageInitShape<typeof v1.MessageSchema>[]) =>
  messages.map((one) => toMessageRecord(create(v1.MessageSchema, one), { meId: ME, isAnswer: true }));

describe("an event", () => {
  test("that has come before changes nothing", () => {
    const { state, kinds } = play(start(), [
      said(6),
      said(6),
      said(5),
      event(3, { case: "room", value: {} }),
    ]);
    assert.deepEqual(kinds, ["message"]);
    assert.deepEqual([state.revision, state.topSeq, seqsOf(state)], [6, 6, [5, 6]]);
  });

  test("of a message is a new one, an edit or a deletion", () => {
    const events = [
      said(6),
      said(5, 7, { text: "five" }),
      said(6, 8, { deleted: true, text: "" }),
      said(1, 9),
    ];
    const { state, kinds } = play(start(), events);
    assert.deepEqual(kinds, ["message", "updated", "deleted", "updated"]);
    assert.deepEqual(textsOf(state), ["five", ""]);
  });

  test("of a message that others came before is new all the same, until everything missed has come", () => {
    const { state, kinds } = play(start(), [said(6), said(8), said(9), said(7, 12), said(7, 13)]);
    assert.deepEqual(kinds, ["message", "message", "message", "message", "updated"]);
    assert.deepEqual([seqsOf(state), state.settledSeq], [[5, 6, 7, 8, 9], 9]);
    const holed = settle(play(start(), [said(8, 8)]).state);
    assert.deepEqual(play(holed, [said(7, 12)]).kinds, ["updated"]);
  });

  test("of a reaction counts it once, and marks the user's own", () => {
    const react = (revision: number, userId: string, removed = false): v1.Event =>
      event(revision, { case: "reaction", value: { messageSeq: 5n, emoji: "👍", removed, userId } });
    const { state } = play(start(), [react(6, "ada"), react(7, ME), react(7, ME), react(8, "ada", true)]);
    assert.deepEqual(state.window[0]?.reactions, [{ emoji: "👍", count: 1, isMine: true }]);
    const edited = play(state, [said(5, 9, { reactions: [{ emoji: "👍", count: 1 }] })]).state;
    assert.deepEqual(edited.window[0]?.reactions, [{ emoji: "👍", count: 1, isMine: true }]);
    assert.deepEqual(play(edited, [react(10, ME, true)]).state.window[0]?.reactions, []);
    assert.deepEqual(play(edited, [react(10, "ada"), react(11, "", true)]).state.window[0]?.reactions, []);
  });

  test("of a reaction that an answer contained already is not counted again", () => {
    const known = mergeMessages(
      start(),
      page(message(5, 6, { reactions: [{ emoji: "👍", count: 1, self: true }] })),
    );
    const change = { case: "reaction", value: { messageSeq: 5n, emoji: "👍", userId: ME } } as const;
    assert.deepEqual(
      play(known, [event(6, change, ME)]).state.window[0]?.reactions.map(({ count }) => count),
      [1],
    );
  });

  test("of the room that moves its first message on forgets what is before it", () => {
    const state = play(start(), [said(6), said(7)]).state;
    const moved = play(state, [
      event(8, { case: "room", value: { id: "r", firstSeq: 7n, title: "new" } }),
    ]).state;
    assert.deepEqual([seqsOf(moved), moved.room.title, hasOlder(moved)], [[7], "new", false]);
  });

  test("of the user's membership changes the user's role", () => {
    const change = { case: "member", value: { userId: ME, role: v1.Role.MODERATOR, state: JOINED } } as const;
    const { state, kinds } = play(start(), [event(6, change)]);
    assert.deepEqual([kinds, state.self?.role], [["member"], "moderator"]);
  });
});

describe("a snapshot", () => {
  test("replaces what was known, also where its revision is lower", () => {
    const before = play(start(), [said(6), said(7)]).state;
    const after = fromSnapshot(snapshot(3, 3), ME, before);
    assert.deepEqual([after.revision, after.topSeq, seqsOf(after)], [3, 3, [3]]);
    assert.ok(after.epoch > before.epoch);
    assert.deepEqual(play(after, [said(4)]).kinds, ["message"]);
  });

  test("of an empty room, and of one whose messages the user may not read", () => {
    assert.deepEqual([seqsOf(start(0, 2)), hasOlder(start(0, 2))], [[], false]);
    const hidden = fromSnapshot(
      create(v1.RoomSchema, { id: "r", lastSeq: 5n, revision: 5n, firstSeq: 1n }),
      ME,
      null,
    );
    assert.deepEqual([seqsOf(hidden), hasOlder(hidden)], [[], true]);
    assert.deepEqual(seqsOf(play(hidden, [said(6)]).state), [6]);
    assert.equal(hasOlder(addPage(beginPage(hidden), { messages: [], hasMore: false }, ME)), false);
  });
});

describe("a page of the history", () => {
  test("comes before what is known", () => {
    const paged = addPage(beginPage(start()), { messages: page(message(3), message(4)), hasMore: true }, ME);
    assert.deepEqual([seqsOf(paged), paged.fromSeq, hasOlder(paged)], [[3, 4, 5], 3, true]);
    const all = addPage(beginPage(paged), { messages: page(message(1), message(2)), hasMore: false }, ME);
    assert.deepEqual([seqsOf(all), hasOlder(all)], [[1, 2, 3, 4, 5], false]);
  });

  test("has what has happened to its messages since it was asked for", () => {
    const asked = beginPage(start());
    const reaction = { case: "reaction", value: { messageSeq: 2n, emoji: "👍", userId: ME } } as const;
    const { state } = play(asked, [said(1, 6, { text: "one" }), event(7, reaction, ME), said(6, 8)]);
    const messages = page(
      message(1),
      message(2),
      message(3, 9, { text: "newer than the stream" }),
      message(4),
    );
    const { window } = addPage(state, { messages, hasMore: false }, ME);
    assert.deepEqual(
      window.map(({ text }) => text),
      ["one", "2", "newer than the stream", "4", "5", "6"],
    );
    assert.deepEqual(window[1]?.reactions, [{ emoji: "👍", count: 1, isMine: true }]);
  });

  test("is forgotten again where too much is known, but nothing that is still to be completed", () => {
    const state = play(start(), [said(6), said(7), said(8)]).state;
    assert.deepEqual(seqsOf(trim(state, 2)), [7, 8]);
    assert.equal(hasOlder(trim(state, 2)), true);
    assert.equal(trim(state, 4), state);
    const holed = play(start(), [said(6), said(8), said(9)]).state;
    assert.deepEqual(seqsOf(trim(holed, 1)), [8, 9]);
  });
});

describe("what is unread", () => {
  const counts = ({ counts: { unread, mentions } }: RoomState): number[] => [unread, mentions];
  const read = (readSeq: number): v1.Event =>
    event(0, { case: "readCursor", value: { userId: ME, readSeq: BigInt(readSeq) } });

  test("is counted from messages, deletions and read positions", () => {
    const { state } = play(start(), [
      said(6),
      said(7, 7, { senderId: ME }),
      said(8, 8, { mentionUserIds: ["all"] }),
      said(9, 9, { mentionUserIds: [ME] }),
      said(8, 10, { text: "edited", mentionUserIds: ["all"] }),
    ]);
    assert.deepEqual(counts(state), [3, 2]);
    assert.deepEqual(counts(play(state, [said(9, 11, { deleted: true })]).state), [2, 1]);
    assert.deepEqual(counts(play(state, [said(8, 11), said(6, 12, { mentionUserIds: [ME] })]).state), [3, 2]);
    assert.deepEqual(counts(play(state, [said(8, 11), said(8, 12, { deleted: true })]).state), [2, 1]);
    assert.deepEqual(counts(play(state, [read(6)]).state), [2, 2]);
    assert.deepEqual(counts(play(state, [read(6), read(2)]).state), [2, 2]);
    assert.deepEqual(counts(play(state, [read(9)]).state), [0, 0]);
    const other = event(0, { case: "readCursor", value: { userId: "ada", readSeq: 9n } });
    assert.deepEqual(counts(play(state, [other]).state), [3, 2]);
  });

  test("has to be asked for where it is about messages that are not known", () => {
    const self = { userId: ME, state: JOINED, readSeq: 1n, unreadCount: 4n };
    const state = fromSnapshot(snapshot(5, 5, { self }), ME, null);
    assert.equal(play(state, [said(2, 6, { deleted: true })]).state.needsCounts, true);
    assert.equal(play(state, [said(5, 6, { deleted: true })]).state.needsCounts, false);
    const moved = play(state, [read(2), said(6)]).state;
    assert.equal(moved.needsCounts, true);
    const answered = { userId: ME, state: JOINED, readSeq: 2n, unreadCount: 3n };
    const asked = takeCounts(moved, snapshot(5, 6, { self: answered }));
    assert.deepEqual([counts(asked), asked.needsCounts], [[4, 0], false]);
    const late = takeCounts(play(moved, [read(6)]).state, snapshot(5, 6, { self: answered }));
    assert.deepEqual(counts(late), [0, 0]);
    const edited = { mentionUserIds: [ME] };
    const already = takeCounts(moved, snapshot(6, 9, { self: { ...answered, mentionCount: 1n } }));
    assert.deepEqual(
      counts(play(already, [said(6, 8, edited), said(5, 9, { deleted: true })]).state),
      [3, 1],
    );
    assert.deepEqual(counts(play(already, [said(6, 8, edited), said(6, 10)]).state), [3, 0]);
    const ahead = takeCounts(moved, snapshot(7, 7, { self: { ...answered, unreadCount: 5n } }));
    assert.deepEqual(counts(play(ahead, [said(7)]).state), [5, 0]);
  });
});
