import assert from "node:assert/strict";
import { test } from "node:test";
import { type Chat, connect } from "@confab/client";
import { createTestServer, type TestServer } from "@confab/server/testing";
import { confab } from "./support/confab.ts";
import { matchScreen } from "./support/snapshots.ts";
import { skipWithoutTmux, Tmux } from "./support/tmux.ts";

const password = "correct horse battery";
/** Long ago, so that day lines are the same whenever the tests run. */
const clock = Date.UTC(2024, 2, 12, 9, 30);

async function createOffice(): Promise<TestServer<"ada" | "grace" | "linus", "engines" | "compilers">> {
  const server = await createTestServer({
    clock,
    seed: {
      users: {
        ada: { password, displayName: "Ada" },
        grace: { password, displayName: "Grace Hopper" },
        linus: { password, displayName: "林納斯" },
      },
      rooms: {
        engines: {
          owner: "ada",
          members: { grace: "member", linus: "member" },
          isPublic: true,
          topic: "analytical ones",
          messages: [
            {
              from: "ada",
              text: "Good morning! The engine weaves algebraic patterns just as the Jacquard loom weaves flowers and leaves. 🌸",
            },
            {
              from: "linus",
              text: "早安，今天我們來談談編譯器。這是一個很長的句子，所以它必須在正確的地方換行。",
            },
            { from: "grace", text: "for (;;) {\n    compile();\n}" },
            { from: "grace", text: "👩🏽‍💻 + ☕ = 💾" },
          ],
        },
        compilers: {
          owner: "grace",
          members: { ada: "moderator" },
          messages: [
            { from: "grace", text: "It is easier to ask forgiveness than it is to get permission." },
          ],
        },
      },
    },
  });
  // The room of the newest message is the first one in the list.
  await server.clock.advance(60_000);
  await using linus = await connect(server.address, { handle: "linus", password });
  await linus.rooms.get(server.rooms.engines.id)?.send("開始吧");
  return server;
}

function chatOf(server: { address: string }, ...more: readonly string[]): readonly string[] {
  return [...confab, "chat", server.address, ...more];
}

async function talkAbout(grace: Chat, roomId: string): Promise<void> {
  const room = grace.rooms.get(roomId);
  assert.ok(room);
  await room.react(1, "👍");
  await room.send("I have one here.", { replyToSeq: 1 });
  const typo = await room.send("deleted later");
  await room.delete(typo.seq);
}

const options = { skip: skipWithoutTmux };
const env = { TZ: "UTC", CONFAB_PASSWORD: password };

test("the chat in a terminal of 80 columns, wide, narrow and tiny", options, async () => {
  await using server = await createOffice();
  await using grace = await connect(server.address, { handle: "grace", password });
  await talkAbout(grace, server.rooms.engines.id);
  await using tmux = await Tmux.start(chatOf(server, "--user", "ada", "--room", "engines"), { env });
  await tmux.shows(/message deleted/);
  await matchScreen(tmux, "chat-80x24");
  await tmux.type("half a messa");
  await tmux.resize(120, 30);
  await tmux.shows(/^╭.{118}╮/m);
  await matchScreen(tmux, "chat-120x30");
  await tmux.resize(44, 20);
  await tmux.shows(/^╭.{42}╮/m);
  await matchScreen(tmux, "chat-44x20");
  await tmux.resize(18, 8);
  await tmux.shows(/^Grace.*\n[\s\S]*› half/m);
  await matchScreen(tmux, "chat-18x8");
  await tmux.resize(80, 24);
  await tmux.shows(/^╭.{78}╮/m);
  await tmux.press("C-u");
  await tmux.shows(/^›$/m);
  await matchScreen(tmux, "chat-80x24");
  await tmux.press("C-c");
  await tmux.shows(/ended: 0/);
  await matchScreen(tmux, "after-leaving");
});

test("what commands show in place of the messages", options, async () => {
  await using server = await createOffice();
  await using grace = await connect(server.address, { handle: "grace", password });
  await using tmux = await Tmux.start(chatOf(server, "--user", "ada", "--room", "engines"), {
    env,
    columns: 100,
    rows: 84,
  });
  await tmux.shows(/Grace Hopper: 👩/);
  await tmux.type("/help");
  await tmux.press("Enter");
  await tmux.shows(/Ctrl-C/);
  await matchScreen(tmux, "help");
  await tmux.resize(100, 20);
  await tmux.shows(/↓ PgDn: more/);
  for (const [command, name] of [
    ["/members", "members"],
    ["/search easier forgiveness", "search"],
    ["/search nothing like this", "search-without-results"],
    ["/rooms", "rooms"],
  ] as const) {
    await tmux.type(command);
    await tmux.press("Enter");
    const title = {
      members: "Members of",
      search: "Search: easier",
      "search-without-results": "Search: nothing",
      rooms: "─ Rooms ─.*─ Rooms ─",
    }[name];
    await tmux.shows(new RegExp(title));
    await matchScreen(tmux, name);
  }
  await tmux.press("Escape");
  await tmux.shows(/─ # engines/);
  await tmux.press("M-Up");
  await tmux.shows(/#5 from 林納斯/);
  await matchScreen(tmux, "selection");
  await tmux.type("/reply");
  await tmux.press("Enter");
  await tmux.shows(/Replying to 林納斯/);
  await matchScreen(tmux, "replying");
  await tmux.press("Escape");
  await tmux.shows(/^(?![\s\S]*Replying)/);
  await tmux.type("/delete #99");
  await tmux.press("Enter");
  await tmux.shows(/✗/);
  await matchScreen(tmux, "error");
  await server.clock.advance(60_000);
  await grace.rooms
    .get(server.rooms.compilers.id)
    ?.send("@ada, look", { mentionUserIds: [server.users.ada.id] });
  await tmux.type("/numbers");
  await tmux.press("Enter");
  await tmux.shows(/@1 2[\s\S]*#5/);
  await matchScreen(tmux, "unread-and-numbers");
});

test("signing in, and having no room yet", options, async () => {
  await using server = await createTestServer({ clock });
  await using tmux = await Tmux.start(chatOf(server), { env: { TZ: "UTC" } });
  await tmux.shows(/‹Sign in›/);
  await matchScreen(tmux, "sign-in");
  await tmux.press("Up", "Right");
  await tmux.shows(/‹Register›/);
  await tmux.press("Tab");
  await tmux.type("ada");
  await tmux.press("Tab");
  await tmux.type("Ada L.");
  await matchScreen(tmux, "register-name");
  await tmux.press("Tab");
  await tmux.type("short");
  await tmux.press("Tab");
  await tmux.type("short");
  await tmux.press("Enter");
  await tmux.shows(/at least 8/);
  await matchScreen(tmux, "register-refused");
  for (const word of [password, password]) {
    await tmux.press("C-u");
    await tmux.type(word);
    await tmux.press("Tab");
  }
  await tmux.press("BTab", "Enter");
  await tmux.shows(/─ # lobby ─/i);
  await matchScreen(tmux, "registered");
  await tmux.type("/leave");
  await tmux.press("Enter");
  await tmux.shows(/You are in no room yet/);
  await matchScreen(tmux, "no-room");
});

test("colours are the terminal's, and none where NO_COLOR is set", options, async () => {
  await using server = await createOffice();
  const command = chatOf(server, "--user", "ada", "--room", "engines");
  await using colored = await Tmux.start(command, { env });
  await colored.shows(/Grace Hopper: 👩/);
  const color = /\[[\d;]*3[1-6]m/;
  assert.match(await colored.captureStyles(), color);
  await using plain = await Tmux.start(command, { env: { ...env, NO_COLOR: "1" } });
  await plain.shows(/Grace Hopper: 👩/);
  assert.doesNotMatch(await plain.captureStyles(), color);
});

test("a signal ends the chat and leaves the terminal as it was", options, async () => {
  await using server = await createOffice();
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
    await using tmux = await Tmux.start(chatOf(server, "--user", "ada"), { env });
    await tmux.shows(/connected as Ada/);
    assert.equal(await tmux.ask("#{alternate_on}"), "1");
    await tmux.signal(signal);
    const screen = await tmux.shows(/ended: 0/);
    assert.match(screen, /^before the chat/);
    assert.equal(await tmux.ask("#{alternate_on} #{cursor_flag} #{wrap_flag}"), "0 1 1");
  }
});

test("a bug ends the chat, leaves the terminal as it was and is reported", options, async () => {
  await using server = await createOffice();
  const bug = 'process.on("SIGUSR2", () => { throw new Error("a bug"); });';
  const [node = "", ...rest] = chatOf(server, "--user", "ada");
  const command = [node, "--import", `data:text/javascript,${encodeURIComponent(bug)}`, ...rest];
  await using tmux = await Tmux.start(command, { env });
  await tmux.shows(/connected as Ada/);
  await tmux.signal("SIGUSR2");
  const screen = await tmux.shows(/ended: 1/);
  assert.match(screen, /^before the chat[\s\S]*Error: a bug/);
  assert.equal(await tmux.ask("#{alternate_on} #{cursor_flag} #{wrap_flag}"), "0 1 1");
});

test("a paste of several lines is one message, and emoji are edited whole", options, async () => {
  await using server = await createOffice();
  await using tmux = await Tmux.start(chatOf(server, "--user", "ada", "--room", "compilers"), { env });
  await tmux.shows(/permission/);
  await tmux.paste("first line\nsecond line");
  await tmux.shows(/› first line\n {2}second line/);
  await tmux.type(" 👩🏽‍💻x");
  await tmux.press("BSpace", "BSpace", "Enter");
  await tmux.shows(/Ada: first line .*\n.* second line +│/);
});
