import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";
import { waitFor } from "./support/wait-for.ts";

const password = "correct horse battery";
/** Keys that have not done what they should are pressed again after this many looks, about 2 s. */
const LOOKS_A_KEY = 60;

/** Looks at a terminal's screen, and presses keys at the first look and again where they may have come too early. */
function pressing(terminal: FakeTerminal, keys: string): () => string {
  let looks = 0;
  return () => {
    if (looks++ % LOOKS_A_KEY === 0) terminal.press(keys);
    return terminal.screen.text;
  };
}

test("one scrolls back through all of the history, and down again", async () => {
  const messages = Array.from({ length: 230 }, (_, index) => ({
    from: "ada" as const,
    text: `message number ${index + 1}`,
  }));
  await using server = await createTestServer({
    seed: { users: { ada: { password } }, rooms: { log: { owner: "ada", messages } } },
  });
  await using ada = new FakeTerminal({
    address: server.address,
    user: "ada",
    env: { CONFAB_PASSWORD: password },
  });
  await ada.shows("message number 230");
  const numbersOn = (text: string): string[] =>
    Array.from(text.matchAll(/message number (\d+)/g), ([, number = ""]) => number);
  const seen = new Set<string>();
  for (let page = 0; page < 200 && !ada.screen.text.includes("beginning of log"); page++) {
    const before = numbersOn(ada.screen.text);
    for (const number of before) seen.add(number);
    // At the end of what is loaded the key does nothing while more is loading. What else changes on the screen is not
    // the page that was asked for.
    await waitFor(
      pressing(ada, "\u001b[5~"),
      (text) => text.includes("beginning of log") || numbersOn(text)[0] !== before[0],
      "the page before",
    );
  }
  for (const number of numbersOn(ada.screen.text)) seen.add(number);
  assert.equal(seen.size, 230);
  await ada.shows("↓ Ctrl-End: newest");
  ada.press("\u001b[1;5F");
  await ada.shows("message number 230");
});

test("what was found is gone to, in its place among the others", async () => {
  const messages = Array.from({ length: 330 }, (_, index) => ({
    from: "ada" as const,
    text: index === 41 ? "here is the needle" : `message number ${index + 1}`,
  }));
  await using server = await createTestServer({
    seed: {
      users: { ada: { password } },
      rooms: {
        hay: { owner: "ada", messages },
        other: { owner: "ada", messages: [{ from: "ada", text: "no needle" }] },
      },
    },
  });
  const env = { CONFAB_PASSWORD: password };
  await using ada = new FakeTerminal({ address: server.address, user: "ada", env, room: "other" });
  await ada.shows(/─ # other ─/);
  ada.press("/search needle\r");
  await ada.shows("hay · #42");
  const isSecond = /other · #1[\s\S]*hay · #42/.test(ada.screen.text);
  ada.press(isSecond ? "\u001b[B" : "\u001b[B\u001b[A");
  ada.press("\r");
  await ada.shows(/─ # hay ─[\s\S]*here is the needle[\s\S]*message number 43[\s\S]*#42 from ada/);
  ada.press("/reply found it\r");
  await ada.shows(/↳ ada: here is the needle.*\n.*ada: found it/);

  ada.press("/goto 7\r");
  await ada.shows(/message number 7 [\s\S]*message number 8 [\s\S]*#7 from ada/);
  // The reply is on the screen before the server has given it its number.
  await waitFor(
    pressing(ada, "/goto #332\r"),
    (text) => text.includes("✗ there is no message #332 here: they go from #1 to #331"),
    "the range of numbers",
  );
  ada.press("/goto there\r");
  await ada.shows("✗ say which message: /goto #12");
});

test("a room in the list of rooms is gone to, and joined where one is not in it", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: { alpha: { owner: "grace" }, beta: { owner: "ada", isPublic: true } },
    },
  });
  await using grace = new FakeTerminal({
    address: server.address,
    user: "grace",
    env: { CONFAB_PASSWORD: password },
  });
  await grace.shows(/─ # alpha ─/);
  grace.press("/rooms\r");
  await grace.shows("public: /join beta");
  grace.press("\u001b[B\r");
  await grace.shows(/─ # beta ─/);
  await grace.shows("2 members");
});
