import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";

const password = "correct horse battery";

/** Texts that would clear the screen, set the title or the clipboard, link, ring, overwrite or reorder. */
const hostileTexts = [
  "\u001b[2J\u001b[H",
  "\u001b]0;owned\u0007",
  "\u001b]52;c;b3duZWQ=\u0007",
  "\u001b]8;;https://example.org\u001b\\link\u001b]8;;\u001b\\",
  "\u009b2J\u009d0;owned\u009c",
  "\u001bPq\u001b\\\u001b_x\u001b\\",
  "a\rb\u0008\u0008\u0007\u0000\u007f",
  "\u202egnp.exe\u202c \u2066x\u2069",
  "line\nfeed\u2028and\u2029others\u0085here\u000b\u000c",
  `zalgo z${"\u0335".repeat(500)}`,
  "👩\u200d".repeat(200),
  "\u1100".repeat(300),
  "\u0301starts with a mark",
  "\u{e0041}\u{e0042}\u00ad\u200b\ufeff",
];

test("nothing that others write or call themselves acts on the terminal", async () => {
  await using server = await createTestServer({
    seed: { users: { ada: { password }, mallory: { password } } },
  });
  await using mallory = await connect(server.address, { handle: "mallory", password });
  const title = "Room \u001b[31m\u202e red";
  const room = await mallory.rooms
    .create({ title, topic: "\u001b]0;owned\u0007\nnext", isPublic: true })
    .catch(() => mallory.rooms.create({ title: "Room", topic: "plain", isPublic: true }));
  const first = await room.send(hostileTexts.join(" "));
  for (const text of hostileTexts) await room.send(`${text} end`, { replyToSeq: first.seq });
  await room.send("", { payload: new Uint8Array([1]), payloadType: "x/\u001b[2J\u202e" }).catch(() => {});
  await room.react(first.seq, "\u001b[2J").catch(() => {});

  await using ada = new FakeTerminal({
    ...{ address: server.address, user: "ada", env: { CONFAB_PASSWORD: password }, room: room.id },
    ...{ columns: 100, rows: 60 },
  });
  await ada.shows("starts with a mark");
  ada.press("/search owned\r");
  await ada.shows("Search: owned");
  ada.press("/rooms\r");
  await ada.shows(/yours|member/);
  ada.press("\u001b");
  await ada.shows("starts with a mark");
  assert.deepEqual(ada.screen.violations, []);
  assert.deepEqual([ada.screen.title, ada.screen.bells], ["Confab", 0]);
  assert.match(ada.screen.text, /␛\[2J␛\[H/);
  assert.doesNotMatch(ada.output, /[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/);
});
