import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";

const password = "correct horse battery";
const seed = {
  users: { ada: { password, displayName: "Ada" }, eve: { password, displayName: "Eve" } },
  rooms: { engines: { owner: "ada", members: { eve: "member" } } },
} as const;

test("what a blocked person writes is folded away until they are blocked no more", async () => {
  await using server = await createTestServer({ seed });
  await using eve = await connect(server.address, { handle: "eve", password });
  const engines = eve.rooms.get(server.rooms.engines.id);
  await engines?.send("look at this");
  const env = { CONFAB_PASSWORD: password };
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await ada.shows(/Eve: look at this/);
  ada.press("/block eve\r");
  await ada.shows(/eve: their messages are folded away/);
  const folded = await ada.shows(/Eve: message of someone you block/);
  assert.doesNotMatch(folded, /look at this/);
  await assert.rejects(eve.rooms.openDirect(["ada"]), { reason: "DM_NOT_ALLOWED" });
  ada.press("/unblock eve\r");
  await ada.shows(/Eve: look at this/);
  ada.press("/ignore @eve\r");
  await ada.shows(/@?eve: their messages don't count as new/);
});

test("a direct message that is refused says why", async () => {
  await using server = await createTestServer({ seed });
  await using eve = await connect(server.address, { handle: "eve", password });
  const env = { CONFAB_PASSWORD: password };
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await ada.shows("connected as Ada");
  ada.press("/dm eve\r");
  await ada.shows(/@ Eve/);
  ada.press("hello\r");
  await ada.shows(/Ada: hello/);
  const room = await eve.rooms.openDirect(["ada"]);
  await room.leave();
  await eve.allowDirectMessages("nobody");
  ada.press("are you there?\r");
  await ada.shows(/✗ not sent: they take no direct/);
  ada.press("/dms nobody\r");
  await ada.shows(/nobody may write to you directly/);
  ada.press("/dms friends\r");
  await ada.shows(/say from whom: \/dms everyone, shared-rooms, nobody, default/);
});

test("a refusal names people by their handles, and what is closed says how it comes back", async () => {
  await using server = await createTestServer({ seed });
  await using eve = await connect(server.address, { handle: "eve", password });
  const env = { CONFAB_PASSWORD: password };
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env });
  await ada.shows("connected as Ada");
  ada.press("/dm ghost\r");
  await ada.shows('✗ there is no user "ghost"');
  ada.press("/dm eve\r");
  await ada.shows(/@ Eve/);
  ada.press("/leave\r");
  await ada.shows(/you have closed the direct room with Eve: the next message there opens it\s+again/);
  await eve.relationships.block("ada");
  ada.press("/create secret\r");
  await ada.shows("made the room secret");
  ada.press("/invite eve\r");
  await ada.shows("✗ @eve: this user takes no invitations of yours");
});
