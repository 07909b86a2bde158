import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";

const password = "correct horse battery";
const env = { CONFAB_PASSWORD: password };

test("a room is made a second time, renamed and deleted only where that is meant", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: { engines: { owner: "grace", isPublic: true } },
    },
  });
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await ada.shows("You are in no room yet.");
  ada.press("/create Engines\r");
  await ada.shows("there is a room Engines already: /join Engines goes there, /create again");
  await ada.shows("You are in no room yet.");
  ada.press("/rooms\r");
  await ada.shows("public: /join engines");
  // Something else in between takes it back.
  ada.press("/create Engines\r");
  await ada.shows("there is a room Engines already");
  ada.press("/create Engines\r");
  await ada.shows("made the room Engines");
  ada.press("/rename Looms\r");
  await ada.shows(/─ # Looms ─[\s\S]*this room is called Looms now/);
  ada.press("/delete-room\r");
  await ada.shows("this deletes Looms and its messages for everybody: /delete-room again does it");
  ada.press("/topic on second thoughts\r");
  await ada.shows(/# Looms · on second thoughts[\s\S]*the topic is changed/);
  ada.press("/delete-room\r");
  await ada.shows("/delete-room again does it");
  ada.press("/delete-room\r");
  await ada.shows("Looms is deleted");
  await ada.shows("You are in no room yet.");
});

test("people are named by handle or display name, and Tab goes through the choices", async () => {
  await using server = await createTestServer({
    seed: {
      users: {
        ada: { password },
        grace: { password, displayName: "Grace Hopper" },
        greta: { password, displayName: "Twin" },
        gustav: { password, displayName: "Twin" },
      },
      rooms: { engines: { owner: "ada", isPublic: true }, enigma: { owner: "ada" } },
    },
  });
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await ada.shows("No messages yet");
  ada.press("/dm grace hopper\r");
  await ada.shows(/─ @ Grace Hopper ─/);
  ada.press("/dm twin\r");
  await ada.shows("✗ 2 people are called twin: greta, gustav");
  ada.press("/dm nobody\r");
  await ada.shows('✗ there is no user "nobody"');

  ada.press("/dm gr\t");
  await ada.shows(/grace \(Grace Hopper\) {2}greta \(Twin\)[\s\S]*› \/dm grace/);
  ada.press("\t");
  await ada.shows("› /dm greta");
  ada.press("\t");
  await ada.shows("› /dm grace");
  ada.press("\u001b[Z");
  await ada.shows("› /dm greta");
  ada.press("\u0015/dm Grace H\t");
  await ada.shows("› /dm grace");
  ada.press("\u0015/room en\t");
  await ada.shows(/› \/room en(gines|igma)/);
  ada.press("\u0015/react tad\t");
  await ada.shows("› /react 🎉");
  // In a direct room nobody is invited or removed.
  ada.press("\u0015/in\t");
  ada.press("x");
  await ada.shows("› /inx");
  ada.press("\u0015/room enigma\r");
  await ada.shows(/─ # enigma ─/);
  ada.press("/in\t");
  await ada.shows("› /invite");
  assert.deepEqual(ada.screen.violations, []);
});

test("a name is changed, and who says so is away whatever they type", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: { engines: { owner: "ada", members: { grace: "member" } } },
    },
  });
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await using grace = new FakeTerminal({ address: server.address, user: "grace", env });
  await ada.shows("2 online");
  await grace.shows("2 online");
  ada.press("/name Ada Lovelace\r");
  await ada.shows("others see you as Ada Lovelace now");
  await ada.shows("connected as Ada Lovelace");
  ada.press("/away\r");
  await ada.shows("◐ away as Ada Lovelace");
  ada.press("still here\r");
  await grace.shows("Ada Lovelace: still here");
  grace.press("/members\r");
  await grace.shows(/◐ Ada Lovelace +owner · @ada · away/);
  ada.press("/away\r");
  await ada.shows("● connected as Ada Lovelace");
  grace.press("/members\r");
  await grace.shows(/● Ada Lovelace +owner · @ada · online/);
});

test("help has the commands that are of use, in groups", async () => {
  await using server = await createTestServer({
    seed: { users: { ada: { password } }, rooms: { engines: { owner: "ada", isPublic: true } } },
  });
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env, rows: 100 });
  await ada.shows("No messages yet");
  ada.press("/help\r");
  const owners = await ada.shows(/Keeping order in this room/);
  assert.match(owners, /\/delete-room[\s\S]*\/role who role[\s\S]*Messages[\s\S]*\/reply[\s\S]*Keys/);
  await using guest = new FakeTerminal({ address: server.address, guest: "Bob", room: "engines", rows: 100 });
  await guest.shows("No messages yet");
  guest.press("/help\r");
  assert.doesNotMatch(await guest.shows("Keys"), /Keeping order|\/kick|\/rename|\/create/);
});
