import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";

const password = "correct horse battery";

test("a guest comes into the lobby, and messages go both ways", async () => {
  await using server = await createTestServer();
  await using ada = new FakeTerminal({ address: server.address, guest: "Ada" });
  await using bob = new FakeTerminal({ address: server.address, guest: "Bob" });
  await ada.shows("No messages yet. Write the first one.");
  await bob.shows("No messages yet");
  bob.press("hm");
  await ada.shows("Bob is typing…");
  bob.press("\u0015");
  ada.press("hello, 中文 👋\r");
  await bob.shows(/Ada: hello, 中文 👋/);
  bob.press("hi Ada\r");
  const screen = await ada.shows(/Bob: hi Ada/);
  assert.match(screen, /Ada: hello, 中文 👋/);
  assert.match(screen, /connected as Ada/);
});

test("the terminal is as it was before, when the user leaves", async () => {
  await using server = await createTestServer();
  await using ada = new FakeTerminal({ address: server.address, guest: "Ada" });
  await ada.shows("No messages yet");
  assert.ok(ada.screen.isAlternate && !ada.screen.isWrapping);
  ada.press("/quit\r");
  assert.equal(await ada.ended(), null);
  assert.ok(!ada.screen.isAlternate && ada.screen.isWrapping && ada.screen.isCursorVisible);
  assert.match(ada.output, /\[\?2004l/);
});

test("an account is made on the sign-in screen, and signs in again by its handle", async () => {
  await using server = await createTestServer();
  {
    await using ada = new FakeTerminal({ address: server.address });
    await ada.shows("‹Sign in›");
    ada.press("\u001b[A");
    ada.press("\u001b[C");
    await ada.shows("‹Register›");
    ada.press(`\tada\tAda L.\t${password}\t${password}\r`);
    await ada.shows("connected as Ada L.");
    await ada.shows(/─ # lobby ─/i);
    assert.ok(!ada.output.includes(password), "a password is never echoed");
  }
  await using again = new FakeTerminal({ address: server.address, user: "ada" });
  await again.shows("‹Sign in›");
  again.press("wrong password\r");
  await again.shows(/password.*(wrong|not)|wrong/i);
  again.press(`${password}\r`);
  await again.shows("connected as Ada L.");
  assert.ok(!again.output.includes("wrong password") && !again.output.includes(password));
});

test("a password in the environment signs in at once; a wrong one leads to the sign-in screen", async () => {
  await using server = await createTestServer({ seed: { users: { ada: { password } } } });
  await using ada = new FakeTerminal({
    address: server.address,
    user: "ada",
    env: { CONFAB_PASSWORD: password },
  });
  await ada.shows("connected as ada");
  await using mallory = new FakeTerminal({
    address: server.address,
    user: "ada",
    env: { CONFAB_PASSWORD: "guess" },
  });
  await mallory.shows("‹Sign in›");
  await mallory.shows("Handle    ada");
});

test("where no server answers, it says what to do", async () => {
  await using ada = new FakeTerminal({ address: "127.0.0.1:1", guest: "Ada" });
  assert.match(
    String(await ada.ended()),
    /no Confab server answers at 127\.0\.0\.1:1: start one with `confab serve`/,
  );
  assert.ok(!ada.screen.isAlternate);
});

test("rooms are made, found, joined, talked about and left", async () => {
  await using server = await createTestServer({
    seed: { users: { ada: { password }, grace: { password } } },
  });
  const env = { CONFAB_PASSWORD: password };
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await using grace = new FakeTerminal({ address: server.address, user: "grace", env });
  await ada.shows("You are in no room yet.");
  await grace.shows("You are in no room yet.");

  ada.press("/create Engines --public\r");
  await ada.shows("made the public room Engines");
  ada.press("/topic all about them\r");
  await ada.shows("# Engines · all about them");
  grace.press("/rooms eng\r");
  await grace.shows("public: /join Engines");
  await grace.pressEscape();
  grace.press("/join engines\r");
  await grace.shows("2 members");
  grace.press("/members\r");
  await grace.shows(/ada +owner · online/);
  await grace.pressEscape();

  ada.press("/create Secret\r");
  await ada.shows("/invite name brings others in");
  ada.press("/invite @grace\r");
  await grace.shows("+ Secret");
  grace.press("/join secret\r");
  await grace.shows(/─ # Secret ─/);
  grace.press("/leave\r");
  await grace.shows("you have left Secret");
  await grace.shows(/─ # Engines/);

  ada.press("/dm grace\r");
  await ada.shows(/─ @ grace ─/);
  ada.press("psst\r");
  await grace.shows(/@ ada +1 /);
  grace.press("/room ada\r");
  await grace.shows(/ada: psst/);
});

test("messages are answered, changed, reacted to, found and deleted", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: {
        engine: {
          owner: "ada",
          members: { grace: "member" },
          messages: [{ from: "ada", text: "what is an engine?" }],
        },
      },
    },
  });
  const env = { CONFAB_PASSWORD: password };
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await using grace = new FakeTerminal({ address: server.address, user: "grace", env });
  await ada.shows("what is an engine?");
  await grace.shows("what is an engine?");

  grace.press("/reply a machine\r");
  await ada.shows(/↳ ada: what is an engine\?.*\n.*grace: a machine/);
  await server.clock.advance(60_000);
  grace.press("/edit\r");
  await grace.shows("↳ Editing");
  grace.press(" with a crank\r");
  await ada.shows("a machine with a crank (edited)");
  ada.press("/react +1\r");
  await grace.shows("👍 1");
  ada.press("/search crank\r");
  await ada.shows(/Search: crank/);
  await ada.shows(/engine · #2 · Today/);
  await ada.pressEscape();
  await ada.shows(/─ # engine ─/);

  // The selected message, of someone else, is deleted by the room's owner.
  ada.press("\u001b[1;3A");
  await ada.shows("#2 from grace");
  ada.press("/delete\r");
  await grace.shows(/grace: message deleted/);
  ada.press("/edit #1 What is an engine, then?\r");
  await grace.shows("What is an engine, then? (edited)");
  ada.press("/pin #1\r");
  await grace.shows(/pinned\)/);
  ada.press("/frobnicate\r");
  await ada.shows("✗ there is no command /frobnicate: /help lists them");
  ada.press("/delete #99\r");
  await ada.shows(/✗ .*99|✗ .*message/);
});

test("what is unread shows beside its room, and where it begins", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: {
        first: { owner: "ada", members: { grace: "member" }, messages: [{ from: "ada", text: "old news" }] },
        second: { owner: "ada", members: { grace: "member" }, messages: [{ from: "ada", text: "here" }] },
      },
    },
  });
  const env = { CONFAB_PASSWORD: password };
  await using grace = new FakeTerminal({ address: server.address, user: "grace", env, room: "second" });
  await grace.shows(/─ # second ─/);
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env, room: "first" });
  await ada.shows("old news");
  ada.press("one for @grace\r");
  await grace.shows(/# first +@1 2 /);
  ada.press("a second one\r");
  await grace.shows(/# first +@1 3 /);
  grace.press("\u000e");
  await grace.shows(/─ new ─[\s\S]*one for @grace[\s\S]*a second one/);
  await grace.shows(/# first +│/);
});

test("a paste of several lines is one message, and sent lines come back with the arrow", async () => {
  await using server = await createTestServer();
  await using ada = new FakeTerminal({ address: server.address, guest: "Ada" });
  await ada.shows("No messages yet");
  ada.press("\u001b[200~one\r\ntwo\u001b[31m\tthree\u001b[201~");
  await ada.shows(/› one\n {2}two\[31m {4}three/);
  ada.press("\r");
  await ada.shows(/Ada: one .*\n.* two\[31m {4}three/);
  ada.press("\u001b[A");
  await ada.shows(/› one\n {2}two/);
  ada.press("\u0003");
  await ada.shows(/\n›\n/);
});

test("a refused message says why, and is sent again or dropped", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: { news: { owner: "ada", kind: "broadcast", members: { grace: "member" } } },
    },
  });
  await using grace = new FakeTerminal({
    address: server.address,
    user: "grace",
    env: { CONFAB_PASSWORD: password },
  });
  await grace.shows("No messages yet");
  grace.press("may I?\r");
  await grace.shows(/grace: may I\? .*\n.*✗ not sent: /);
  await using ada = await connect(server.address, { handle: "ada", password });
  await (await ada.rooms.open("news")).updateMember(server.users.grace.id, { role: "moderator" });
  grace.press("\u001b[1;3A");
  await grace.shows("/retry  /discard");
  grace.press("/retry\r");
  await grace.shows(/grace: may I\? +│\n.* {40}│/);
  grace.press("/discard\r");
  await grace.shows("✗ everything here is sent");
});

test("what was refused can be dropped", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: { news: { owner: "ada", kind: "broadcast", members: { grace: "member" } } },
    },
  });
  await using grace = new FakeTerminal({
    address: server.address,
    user: "grace",
    env: { CONFAB_PASSWORD: password },
  });
  await grace.shows("No messages yet");
  grace.press("may I?\r");
  await grace.shows(/✗ not sent: /);
  grace.press("/discard\r");
  await grace.shows("No messages yet");
});

test("who leaves with unsent messages is asked first", async () => {
  const server = await createTestServer();
  await using stopped = new AsyncDisposableStack();
  stopped.use(server);
  await using ada = new FakeTerminal({ address: server.address, guest: "Ada" });
  await ada.shows("No messages yet");
  await stopped.disposeAsync();
  await ada.shows("reconnecting");
  ada.press("too late\r");
  await ada.shows("1 unsent");
  ada.press("/quit\r");
  await ada.shows("1 unsent message would be lost: /quit again leaves all the same");
  ada.press("/quit\r");
  assert.equal(await ada.ended(), null);
});

test("a search that has more than is shown says so", async () => {
  const messages = Array.from({ length: 60 }, (_, index) => ({ from: "ada", text: `fox ${index}` }) as const);
  await using server = await createTestServer({
    seed: { users: { ada: { password } }, rooms: { wood: { owner: "ada", messages } } },
  });
  const env = { CONFAB_PASSWORD: password };
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await ada.shows("fox 59");
  ada.press("/search fox\r");
  await ada.shows("older messages may match too: more words find fewer");
  ada.press("/search fox 17\r");
  await ada.shows(/Search: fox 17/);
  assert.doesNotMatch(ada.screen.text, /may match too/);
});
