import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import type { Browser } from "playwright-core";
import { launchChromium, openWindow, withoutChromium } from "./support/browser.ts";
import { PASSWORD, signIn } from "./support/people.ts";

const options = { skip: withoutChromium, timeout: 120_000 };
let browser: Browser;
before(async () => {
  if (withoutChromium === false) browser = await launchChromium();
});
after(() => browser?.close());

function startTeam() {
  const many = Array.from({ length: 40 }, (_, index) => ({ from: "ada", text: `needle ${index}` }) as const);
  return createTestServer({
    seed: {
      users: {
        ada: { password: PASSWORD, displayName: "Ada" },
        grace: { password: PASSWORD, displayName: "Grace" },
      },
      rooms: {
        engine: {
          owner: "ada",
          members: { grace: "member" },
          messages: [...many, { from: "grace", text: "<b>Needle</b> & thread" }],
        },
        loom: { owner: "ada", messages: [{ from: "ada", text: "Another needle" }] },
      },
    },
  });
}

test(
  "a search pages on, is limited to a room and a sender, and leads to the message and back",
  options,
  async () => {
    await using server = await startTeam();
    const { page, problems } = await openWindow(browser);
    await signIn(page, server.webAddress, "ada");
    await page.getByRole("button", { name: "Search messages" }).click();
    await page.getByRole("searchbox", { name: "Search messages" }).fill("needle");
    const results = page.getByRole("main").getByRole("article");
    await page.getByRole("button", { name: "Older messages" }).click();
    await page.getByText("That is all.").waitFor();
    assert.equal(await results.count(), 42);

    await page.getByRole("combobox", { name: "Room", exact: true }).selectOption({ label: "engine" });
    await page.getByRole("combobox", { name: "From" }).selectOption({ label: "Grace" });
    await page.getByText("That is all.").waitFor();
    assert.equal(await results.count(), 1);
    assert.equal(await results.locator("mark").innerText(), "Needle");
    assert.ok((await results.innerText()).includes("<b>Needle</b> & thread"));
    await page.getByRole("button", { name: "Show what stands around it" }).click();
    await page.getByText("needle 39").waitFor();
    await page
      .getByRole("main")
      .getByRole("link", { name: /& thread/ })
      .click();
    assert.match(page.url(), /\/r\/[^/]+\/41$/);
    await page.goBack();
    await page.getByRole("main").getByText("& thread").waitFor();

    await page.getByRole("searchbox", { name: "Search messages" }).fill("haystack");
    await page.getByText("Nothing found").waitFor();
    await page.getByRole("searchbox", { name: "Search messages" }).fill("a* b* c*");
    await page.getByRole("alert").getByText("This could not be loaded").waitFor();
    assert.deepEqual(problems, []);
  },
);

test("the switcher goes to rooms, people and commands by keyboard", options, async () => {
  await using server = await startTeam();
  const { page, problems } = await openWindow(browser);
  await signIn(page, server.webAddress, "ada");
  const field = page.getByRole("combobox", { name: /^Go to/ });
  await page.keyboard.press("Control+k");
  await field.fill("loo");
  await page.getByRole("option", { name: /^loom/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Message to loom" }).waitFor();
  await page.keyboard.press("Control+k");
  await field.fill("gra");
  await page.getByRole("option", { name: /Grace/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Message to Grace" }).waitFor();
  await page.keyboard.press("Control+k");
  await field.fill("dark");
  await page.getByRole("option", { name: /Dark colours/ }).waitFor();
  await page.keyboard.press("Enter");
  await field.waitFor({ state: "detached" });
  assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark");
  await page.keyboard.press("Control+k");
  await field.fill("xyzzy");
  await page.getByText("Nothing is called so.").waitFor();
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  assert.deepEqual(problems, []);
});
