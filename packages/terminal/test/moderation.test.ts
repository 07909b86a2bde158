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
  await eve.shows("this takes the permission MANAGE_MEMBERS");
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
  await eve.shows("banned from this room for good");
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
