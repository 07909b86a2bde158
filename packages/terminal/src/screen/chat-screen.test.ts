import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfabError, UnauthenticatedError } from "@confab/client";
import { initialUi } from "../app/ui-state.ts";
import { rowWidth } from "../rows/row.ts";
import { chatScreen } from "./chat-screen.ts";
import type { ChatScreenInput } from "./chat-screen-input.ts";
import { inputWith, messageFrom, now, roomNamed, screenText, textOf, userNamed } from "./testing.ts";

const refused = new ConfabError({ reason: "MUTED", code: 7, message: "you are muted until 13:00" });

const conversation = [
  messageFrom("Ada", "Good morning! 👋", 1, { createTime: new Date(2026, 2, 9, 9, 5) }),
  messageFrom("Grace Hopper III", "The compiler is ready: here is a long message about it.", 2),
  messageFrom("Me", "中文字", 3, { reactions: [{ emoji: "👍", count: 2, isMine: true }] }),
  messageFrom("Ada", "yes\n  two lines", 4, { replyToSeq: 2, isEdited: true }),
  messageFrom("Ada", "", 5, { isDeleted: true }),
  messageFrom("Me", "unsent", 0, { state: "failed", error: refused, createTime: now }),
];

test("messages stand in a titled box, aligned, beside the rooms", () => {
  const rooms = [
    roomNamed("general"),
    roomNamed("design", { unreadCount: 3, mentionCount: 1 }),
    roomNamed("Grace Hopper III", { kind: "direct", unreadCount: 1_200 }),
  ];
  const base = inputWith(conversation, {
    size: { columns: 78, rows: 20 },
    rooms,
    invitations: [roomNamed("secret")],
  });
  assert.ok(base.room);
  const room = { ...base.room, typing: [userNamed("Ada")], online: [userNamed("Me"), userNamed("Ada")] };
  assert.equal(
    screenText({ ...base, room }),
    `
╭─ Rooms ─────────┬─ # general ──────────────────────── 3 members, 2 online ─╮
│ # general       │             this is the beginning of general             │
│ # design   @1 3 │ ────────────────────── Yesterday ─────────────────────── │
│ @ Grace H… 999+ │ [09:05]          Ada: Good morning! 👋                   │
│                 │ ──────────────────────── Today ───────────────────────── │
│                 │ [12:02] Grace Hoppe…: The compiler is ready: here is a   │
│                 │                       long message about it.             │
│                 │ [12:03]           Me: 中文字                             │
│                 │                        👍 2                              │
│                 │                       ↳ Grace Hopper III: The compiler … │
│                 │ [12:04]          Ada: yes                                │
│                 │                         two lines (edited)               │
│                 │ [12:05]          Ada: message deleted                    │
│                 │ [12:30]           Me: unsent                             │
│                 │                       ✗ not sent: you are muted until    │
│ Invitations     │                       13:00 (/retry or /discard)         │
│ + secret        │                                                          │
╰─────────────────┴─ Ada is typing… ─────────────────────────────────────────╯
›
 ● connected as Me · 127.0.0.1:50051                                    /help
`.trim(),
  );
});

test("a screen of any size has its rows, none of them too wide, and the cursor in it", () => {
  const base = inputWith(conversation, {
    ui: {
      ...initialUi,
      roomId: "general",
      selected: 2,
      notice: { kind: "error", text: "no", until: "soon" as const },
    },
  });
  for (let columns = 1; columns <= 130; columns += 3) {
    for (const rows of [1, 2, 3, 5, 7, 8, 12, 40]) {
      const screen = chatScreen({ ...base, size: { columns, rows } });
      assert.equal(screen.rows.length, rows, `${columns}×${rows}`);
      assert.ok(
        screen.rows.every((row) => rowWidth(row) === columns),
        `${columns}×${rows}`,
      );
      assert.ok(screen.cursor.row < rows && screen.cursor.column < columns, `${columns}×${rows}`);
    }
  }
});

test("a narrow terminal has no room list, and says what is unread elsewhere", () => {
  const rooms = [roomNamed("general"), roomNamed("design", { unreadCount: 3 })];
  const items = [messageFrom("Ada", "shall we begin?", 1), messageFrom("Me", "yes, of course", 2)];
  assert.equal(
    screenText(inputWith(items, { size: { columns: 44, rows: 9 }, rooms })),
    `
╭─ # general ────────────────── 3 members ─╮
│     this is the beginning of general     │
│ ──────────────── Today ───────────────── │
│ [12:01] Ada: shall we begin?             │
│ [12:02] Me: yes, of course               │
│                                          │
╰──────────────────────────────────────────╯
›
 ● connected as Me · 3 unread elsewhere · 1…
`.trim(),
  );
  assert.equal(
    screenText(inputWith(items, { size: { columns: 16, rows: 6 }, rooms })),
    `
Ada: shall we
  begin?
Me: yes, of
  course
›
 ● connected as…
`.trim(),
  );
});

test("message numbers, the line above what is new, a selection and an answer to a command are shown", () => {
  const items = [messageFrom("Ada", "one", 9), messageFrom("Me", "two", 10), messageFrom("Ada", "three", 11)];
  const base = inputWith(items, { size: { columns: 56, rows: 14 } });
  const info = roomNamed("general", { lastSeq: 11, memberCount: 1, topic: "engines" });
  assert.ok(base.room);
  const ui = {
    ...base.ui,
    showsNumbers: true,
    newAfterSeq: 9,
    selected: 10,
    notice: { kind: "error" as const, text: "you may not do this", until: "soon" as const },
    editor: { before: "/edit two", after: "" },
  };
  const screen = chatScreen({ ...base, ui, room: { ...base.room, info } });
  assert.equal(
    textOf(screen),
    `
╭─ # general · engines ───────────────────── 1 member ─╮
│           this is the beginning of general           │
│ ────────────────────── Today ─────────────────────── │
│ [12:09]  #9          Ada: one                        │
│ [12:10] #10           Me: two                        │
│ ─────────────────────── new ──────────────────────── │
│ [12:11] #11          Ada: three                      │
│                                                      │
│                                                      │
╰──────────────────────────────────────────────────────╯
 #10 from Me · /edit  /delete  /reply · Esc
 ✗ you may not do this
› /edit two
 ● connected as Me · 127.0.0.1:50051              /help
`.trim(),
  );
  assert.deepEqual(screen.cursor, { row: 12, column: 11 });
  assert.ok(screen.rows[4]?.some(({ inverse }) => inverse));
  const narrow = screenText({ ...base, ui, size: { columns: 40, rows: 14 }, room: { ...base.room, info } });
  assert.match(narrow, /│ \[12:10\] #10 Me: two /);
});

test("the status line says how the connection is", () => {
  const status = (rest: Partial<ChatScreenInput>): string =>
    screenText(inputWith([], rest)).split("\n").at(-1) ?? "";
  const lost = new ConfabError({ reason: "", code: 14, message: "the server is restarting" });
  const retryAtMs = now.getTime() + 2_500;
  assert.equal(
    status({ connection: { status: "connecting" } }),
    ` ○ connecting… · 127.0.0.1:50051${" ".repeat(32)}/help`,
  );
  assert.equal(
    status({ connection: { status: "reconnecting", attempt: 2, retryAtMs, error: lost }, unsent: 2 }),
    " ○ reconnecting in 3 s · 2 unsent · the server is restarting    /help",
  );
  assert.match(
    status({ connection: { status: "reconnecting", attempt: 2, retryAtMs: 0, error: lost } }),
    /^ ○ reconnecting… · the server is restarting/,
  );
  const revoked = { reason: "SESSION_REVOKED", code: 16, message: "this session has ended: sign in again" };
  assert.equal(
    status({ connection: { status: "closed", error: new UnauthenticatedError(revoked) } }),
    " ● your session has ended: /signout to sign in again, Ctrl-C to leave",
  );
  const suspended = new ConfabError({ reason: "SUSPENDED", code: 7, message: "this account is suspended" });
  assert.match(
    status({ connection: { status: "closed", error: suspended } }),
    /^ ● this account is suspended: /,
  );
});

test("empty states say what to do", () => {
  assert.match(screenText(inputWith([])), /No messages yet\. Write the first one\./);
  const nowhere = screenText(inputWith([], { room: null, rooms: [], ui: initialUi }));
  assert.match(nowhere, /no rooms yet/);
  assert.match(nowhere, /You are in no room yet\.[\s\S]*\/join/);
  const closed = screenText(inputWith([], { room: null, ui: initialUi }));
  assert.match(closed, /No room is open\.[\s\S]*Ctrl-N/);
});

test("a long answer to an input takes up to three rows, and one on a small screen", () => {
  const notice = {
    kind: "error" as const,
    text: "this is not how it works: ".repeat(9),
    until: "soon" as const,
  };
  const rows = (size: ChatScreenInput["size"], text = notice.text): readonly string[] => {
    const input = inputWith([], {
      size,
      ui: { ...initialUi, roomId: "general", notice: { ...notice, text } },
    });
    const lines = screenText(input).split("\n");
    return lines.slice(
      lines.findIndex((line) => line.startsWith(" ✗")),
      -2,
    );
  };
  assert.deepEqual(rows({ columns: 40, rows: 16 }, "this is not how it works: say please, and then go on"), [
    " ✗ this is not how it works: say please,",
    "   and then go on",
  ]);
  assert.equal(rows({ columns: 40, rows: 16 }).length, 3);
  assert.match(rows({ columns: 40, rows: 16 })[2] ?? "", /…$/);
  assert.equal(rows({ columns: 40, rows: 10 }).length, 1);
});

test("whatever others write and however they call things, no control character is on the screen", () => {
  const hostile = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202etxt\r\u0008\u0000";
  const info = roomNamed(hostile, { id: "general", topic: hostile, lastSeq: 2 });
  const failed = new ConfabError({ reason: "X", code: 3, message: hostile });
  const items = [
    messageFrom(hostile, hostile, 1, { reactions: [{ emoji: hostile, count: 1, isMine: false }] }),
    messageFrom(hostile, "", 2, { replyToSeq: 1, payloadType: hostile }),
    messageFrom("Me", hostile, 0, { state: "failed", error: failed }),
  ];
  const base = inputWith(items, {
    rooms: [info],
    invitations: [info],
    me: userNamed(hostile),
    address: hostile,
    connection: { status: "reconnecting", attempt: 1, retryAtMs: 0, error: failed },
  });
  assert.ok(base.room);
  const room = { ...base.room, info, typing: [userNamed(hostile)] };
  const ui = {
    ...base.ui,
    selected: 1,
    mode: { kind: "reply" as const, seq: 1 },
    notice: { kind: "error" as const, text: hostile, until: "soon" as const },
    editor: { before: hostile, after: hostile },
  };
  const text = screenText({ ...base, room, ui, size: { columns: 100, rows: 30 } });
  assert.doesNotMatch(text, /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
  assert.match(text, /␛\[2J/);
});

test("10,000 messages are scrolled through without a wait", () => {
  const read = new Set<number>();
  const items = Array.from({ length: 10_000 }, (_, index) => {
    const text = `message ${index} `.repeat((index % 9) + 1);
    const item = messageFrom(`User ${index % 17}`, text, index + 1, { createTime: now });
    const get = (): string => {
      read.add(index);
      return text;
    };
    return Object.defineProperty(item, "text", { get });
  });
  const base = inputWith(items, { size: { columns: 120, rows: 50 } });
  for (const seq of [1, 2_500, 5_000, 9_990, 10_000]) {
    chatScreen({ ...base, ui: { ...base.ui, anchor: { key: seq, row: 0 } } });
  }
  assert.ok(read.size > 0 && read.size < 500, `${read.size} were laid out for five frames`);
});

test("widths and padding are the user's", () => {
  const items = [messageFrom("Grace Hopper", "as you like it", 1)];
  const look = { nameWidth: 6, frameWidth: 40, padding: 3 };
  assert.equal(
    screenText(inputWith(items, { size: { columns: 100, rows: 8 }, look })),
    `
╭─ # general ────────────── 3 members ─╮
│   this is the beginning of general   │
│   ──────────── Today ─────────────   │
│   [12:01] Grace…: as you like it     │
│                                      │
╰──────────────────────────────────────╯
›
 ● connected as Me · 127.0.0.1:50051
`.trim(),
  );
});
