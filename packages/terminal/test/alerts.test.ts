import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer, type TestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";
import { waitFor } from "./support/wait-for.ts";

const password = "correct horse battery";
const env = { CONFAB_PASSWORD: password };

function createOffice(): Promise<TestServer<"ada" | "grace", "engines" | "looms">> {
  const messages = Array.from({ length: 60 }, (_, index) => ({
    from: "ada" as const,
    text: `message ${index + 1}`,
  }));
  const members = { grace: "member" } as const;
  return createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: { engines: { owner: "ada", members, messages }, looms: { owner: "ada", members } },
    },
  });
}

test("the bell rings and the title counts for mentions and direct messages, and for nothing else", async () => {
  await using server = await createOffice();
  await using ada = await connect(server.address, { handle: "ada", password });
  await using grace = new FakeTerminal({ address: server.address, user: "grace", env, room: "engines" });
  await using quiet = new FakeTerminal({
    ...{ address: server.address, user: "grace", env, room: "engines" },
    hasAlerts: false,
  });
  await grace.shows("message 60");
  await quiet.shows("message 60");
  assert.equal(grace.screen.title, "Confab");
  const looms = await ada.rooms.open("looms");
  await looms.send("good morning");
  await grace.shows(/# looms +1 /);
  assert.equal(grace.screen.bells, 0);
  await looms.send("@grace, look", { mentionUserIds: [server.users.grace.id] });
  await grace.shows(/# looms +@1 2 /);
  await waitFor(
    () => [grace.screen.title, grace.screen.bells],
    ([title, bells]) => title === "(1) Confab" && bells === 1,
    "a bell for the mention",
  );
  const direct = await ada.rooms.openDirect(["grace"]);
  await direct.send("psst");
  await waitFor(
    () => [grace.screen.title, grace.screen.bells],
    ([title, bells]) => title === "(2) Confab" && bells === 2,
    "a bell for the direct message",
  );
  // Reading takes it away; a message that is read at once rings too.
  grace.press("/room ada\r");
  await grace.shows(/ada: psst/);
  await waitFor(
    () => grace.screen.title,
    (title) => title === "(1) Confab",
    "the title of one",
  );
  await direct.send("are you there?");
  await waitFor(
    () => grace.screen.bells,
    (bells) => bells === 3,
    "a bell in the open room",
  );
  grace.press("/quit\r");
  assert.equal(await grace.ended(), null);
  assert.equal(grace.screen.title, "");
  assert.deepEqual(grace.screen.violations, []);
  assert.deepEqual([quiet.screen.title, quiet.screen.bells], ["", 0]);
});

test("the mouse wheel scrolls the messages, and no report of the terminal's is taken for keys", async () => {
  await using server = await createOffice();
  await using grace = new FakeTerminal({ address: server.address, user: "grace", env, room: "engines" });
  await grace.shows(/message 41\b[\s\S]*message 60/);
  assert.match(grace.output, /\[\?1000h.*\[\?1006h/s);
  for (let turn = 0; turn < 5; turn++) grace.press("\u001b[<64;40;10M");
  await grace.shows(/message 45\b(?![\s\S]*message 46)[\s\S]*Ctrl-End: newest/);
  // A report may come in two parts, and a click is not a turn.
  grace.press("\u001b[<0;40;10M\u001b[<0;40;10m\u001b[<6");
  grace.press("5;40;10M\u001b]11;rgb:ffff/ffff/");
  grace.press("ffff\u001b\\x");
  await grace.shows(/message 48\b(?![\s\S]*message 49)[\s\S]*\n› x\n/);
  await using still = new FakeTerminal({
    ...{ address: server.address, user: "grace", env, room: "engines" },
    hasMouse: false,
  });
  await still.shows("message 60");
  assert.doesNotMatch(still.output, /\[\?100[06]/);
});

test("the line of what is new stays until the room is left", async () => {
  await using server = await createOffice();
  await using ada = await connect(server.address, { handle: "ada", password });
  await using grace = new FakeTerminal({ address: server.address, user: "grace", env, room: "engines" });
  await grace.shows("message 60");
  const looms = await ada.rooms.open("looms");
  await looms.send("good morning");
  await grace.shows(/# looms +1 /);
  grace.press("/room looms\r");
  await grace.shows(/─ new ─[\s\S]*good morning/);
  grace.press("good morning, Ada\r");
  await grace.shows(/─ new ─[\s\S]*good morning[\s\S]*grace: good morning, Ada/);
  grace.press("/room engines\r");
  await grace.shows(/─ # engines ─/);
  grace.press("/room looms\r");
  await grace.shows(/─ # looms ─/);
  await grace.shows(/^(?![\s\S]*─ new ─)/);
});

test("the colours are those for the background that the terminal reports", async () => {
  await using server = await createOffice();
  const options = { address: server.address, user: "grace", room: "engines" };
  const nameOnLight = /\[38;5;(?:25|23|58|92|125|94|22|24|127|61)m/;
  const nameOnDark = /\[38;5;(?:75|80|143|141|212|215|113|117|177|111)m/;
  await using light = new FakeTerminal({ ...options, env });
  await light.shows("message 60");
  assert.ok(light.screen.hasAsked);
  assert.doesNotMatch(light.output, nameOnDark);
  light.press("\u001b]11;rgb:fdfd/f6f6/e3e3\u0007");
  await waitFor(
    () => light.output,
    (output) => nameOnLight.test(output),
    "colours for a light background",
  );
  await using dark = new FakeTerminal({ ...options, env: { ...env, COLORFGBG: "15;0" } });
  await dark.shows("message 60");
  assert.match(dark.output, nameOnDark);
  await using plain = new FakeTerminal({ ...options, env: { ...env, NO_COLOR: "1" } });
  await plain.shows("message 60");
  assert.ok(!plain.screen.hasAsked);
  assert.doesNotMatch(plain.output, /\[38;5;/);
});
