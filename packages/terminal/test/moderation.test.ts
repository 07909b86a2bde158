import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";

const password = "correct horse battery";

test("a moderator removes a member, bans a guest and lets them back, and they are told why", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, eve: { password, displayName: "Eve" } },
      rooms: { engines: { owner: "ada", members: { eve: "member" }, isPublic: true } },
    },
  });
  await using guest = await connect(server.address, { guest: "Mallory" });
  await guest.rooms.open("engines");
  const env = { CONFAB_PASSWORD: password };
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await using eve = new FakeTerminal({ address: server.address, user: "eve", env });
  await ada.shows("3 members");
  await eve.shows("3 members");
  eve.press("/kick ada\r");
  await eve.shows("you may not remove, mute or ban others, or change their roles in this room");
  ada.press("/kick\r");
  await ada.shows("say whom: /kick ada off topic");
  ada.press("/kick @eve off topic\r");
  await ada.shows("eve is removed from engines");
  await eve.shows("you were removed from engines: off topic");
  ada.press("/ban mallory spam\r");
  await ada.shows("mallory is banned from engines: /unban mallory lifts that");
  await ada.shows("1 member");
  ada.press("/ban eve\r");
  await ada.shows("eve is banned from engines");
  eve.press("/join engines\r");
  await eve.shows("banned from this room until further notice");
  ada.press("/unban eve\r");
  await ada.shows("eve may come back to engines");
  eve.press("/join engines\r");
  await ada.shows("2 members");
  ada.press("/unban mallory\r");
  await ada.shows("mallory may come back to engines");
  await guest.rooms.open("engines");
  await ada.shows("3 members");
  ada.press("/kick ghost\r");
  await ada.shows('there is no user "ghost"');

  eve.press("/mute mallory\r");
  await eve.shows("you may not remove, mute or ban others");
  ada.press("/mute eve 2d too loud\r");
  await ada.shows(/eve can only read here until \w+day/);
  eve.press("may I?\r");
  await eve.shows(/✗ not sent: you are muted in this/);
  ada.press("/unmute eve\r");
  await ada.shows("eve may write again");
  eve.press("/retry\r");
  await ada.shows("Eve: may I?");
  // A guest's name may have blanks.
  await using smith = await connect(server.address, { guest: "Mallory Smith" });
  await smith.rooms.open("engines");
  await ada.shows("4 members");
  ada.press("/kick Mallory Smith off topic\r");
  await ada.shows("Mallory Smith is removed from engines");

  ada.press("/leave\r");
  await ada.shows("a room keeps an owner: /role name owner makes somebody one, /delete-room");
  ada.press("/role eve captain\r");
  await ada.shows("say which role: /role ada moderator; the others are guest, member and owner");
  ada.press("/role eve owner\r");
  await ada.shows("eve is owner of engines now");
  ada.press("/leave\r");
  await ada.shows("you have left engines");
});

test("who is removed or banned is told so, and why", async () => {
  const users = { ada: { password }, grace: { password } };
  const rooms = { engine: { owner: "ada", members: { grace: "member" }, isPublic: true } } as const;
  await using server = await createTestServer({ seed: { users, rooms } });
  await using ada = await connect(server.address, { handle: "ada", password });
  const env = { CONFAB_PASSWORD: password };
  await using grace = new FakeTerminal({ address: server.address, user: "grace", env });
  const room = await ada.rooms.open(server.rooms.engine.id);
  await grace.shows("No messages yet");
  const { id } = server.users.grace;
  await room.updateMember(id, { state: "banned", expireTime: new Date(2099, 0, 1, 12), reason: "spam" });
  await grace.shows("you were banned from engine until Thursday 1 January 2099 12:00: spam");
  await grace.shows("You are in no room yet.");
  grace.press("/join engine\r");
  await grace.shows("banned from this room until Thursday 1 January 2099 12:00");
});
