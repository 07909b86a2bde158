import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import type { Page } from "playwright-core";
import { launchChromium, openWindow, withoutChromium } from "./support/browser.ts";
import { PASSWORD, untilShown } from "./support/people.ts";

const options = { skip: withoutChromium, timeout: 120_000 };
const MAX_TABS = 40;

test("a whole conversation goes without a pointer", options, async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password: PASSWORD, displayName: "Ada" }, grace: { displayName: "Grace" } },
      rooms: {
        engine: {
          owner: "ada",
          members: { grace: "member" },
          messages: [{ from: "grace", text: "Hello, Ada" }],
        },
        loom: { owner: "ada" },
      },
    },
  });
  await using browser = await launchChromium();
  const { page, problems } = await openWindow(browser);
  const keys = page.keyboard;
  await page.goto(server.webAddress);
  await page.getByLabel("Handle").waitFor();
  await tabTo(page, "Handle");
  await keys.type("ada");
  await tabTo(page, "Password");
  await keys.type(PASSWORD);
  await keys.press("Enter");
  await page.getByRole("navigation").waitFor();
  await tabTo(page, /^engine/);
  await keys.press("Enter");
  await untilShown(page, "Hello, Ada");

  await page.locator("textarea:focus").waitFor();
  await keys.type("Hi @gr");
  await page.getByRole("option", { name: /Grace/ }).waitFor();
  await keys.press("Tab");
  await keys.type("and all :tada");
  await page.getByRole("option", { name: ":tada:" }).waitFor();
  await keys.press("Enter");
  await keys.press("Enter");
  await untilShown(page, "@grace");

  await tabTo(page, "Messages, oldest first", "Shift+Tab");
  await keys.press("ArrowUp");
  await keys.press("ArrowUp");
  await page.locator("article:focus", { hasText: "Hello, Ada" }).waitFor();
  await tabTo(page, "Reply");
  await keys.press("Enter");
  await page.locator("textarea:focus").waitFor();
  await keys.type("Good morning");
  await keys.press("Shift+Enter");
  await keys.type("to you");
  await keys.press("Enter");
  await page
    .getByRole("log")
    .getByRole("link", { name: /Grace Hello, Ada/ })
    .waitFor();

  await keys.press("ArrowUp");
  await page.getByRole("textbox", { name: "Edit the message" }).waitFor();
  await keys.press("Escape");
  await page.getByRole("textbox", { name: "Message to engine" }).waitFor();
  await keys.type("/room loom");
  await keys.press("Enter");
  await page.getByRole("textbox", { name: "Message to loom" }).waitFor();
  await page.goBack();
  await page.getByRole("textbox", { name: "Message to engine" }).waitFor();
  assert.deepEqual(problems, []);
});

/** Presses Tab until the element of this name has the focus, which must be seen. */
async function tabTo(page: Page, name: string | RegExp, key = "Tab"): Promise<void> {
  for (let count = 0; count < MAX_TABS; count++) {
    const focused = await page.evaluate(focusedName);
    if (typeof name === "string" ? focused === name : name.test(focused)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not reach ${name}`);
}

/** Returns the name of the focused element. Runs in the page. */
function focusedName(): string {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement)) return "";
  const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
  return element.ariaLabel ?? label ?? element.innerText;
}
