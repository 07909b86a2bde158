import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import type { Browser, Page } from "playwright-core";
import { launchChromium, openWindow, withoutChromium } from "./support/browser.ts";
import { PASSWORD, signIn } from "./support/people.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const options = { skip: withoutChromium, timeout: 180_000 };
let browser: Browser;
before(async () => {
  if (withoutChromium === false) browser = await launchChromium();
});
after(() => browser?.close());

function startTeam() {
  return createTestServer({
    seed: {
      users: {
        ada: { password: PASSWORD, displayName: "Ada", role: "admin" },
        grace: { password: PASSWORD, displayName: "Grace" },
      },
      rooms: {
        engine: { owner: "ada", members: { grace: "member" }, isPublic: true, title: "engine" },
      },
    },
  });
}

async function openPart(page: Page, title: string): Promise<void> {
  await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: title }).click();
  await page.getByRole("region", { name: title }).waitFor();
}

test("an administrator suspends a user, who is told so, reinstates and erases them", options, async () => {
  await using server = await startTeam();
  const [ada, grace] = [await openWindow(browser), await openWindow(browser)];
  await signIn(ada.page, server.webAddress, "ada");
  await signIn(grace.page, server.webAddress, "grace");
  await ada.page.goto(`${server.webAddress}/admin`);
  await ada.page.getByLabel("Name or handle").fill("gra");
  await ada.page.getByRole("button", { name: "Manage Ada" }).waitFor({ state: "detached" });
  await ada.page.getByRole("button", { name: "Manage Grace" }).click();
  await ada.page.getByText("Last used").first().waitFor();
  await ada.page.getByLabel("Reason").fill("spam");
  await ada.page.getByRole("button", { name: "Suspend" }).click();
  await ada.page.getByRole("button", { name: "Lift the suspension" }).waitFor();
  await grace.page.getByText("This account is suspended until further notice.").waitFor();
  await ada.page.getByText("@grace · suspended").first().waitFor();
  await ada.page.getByRole("button", { name: "Lift the suspension" }).click();
  await ada.page
    .getByLabel("Role on this server")
    .selectOption({ label: "Moderator: keeps order in public rooms" });
  await ada.page.getByText("The role of Grace is changed.").waitFor();

  await ada.page.getByRole("button", { name: "Count what would be erased" }).click();
  await ada.page.locator(".admin-counts").waitFor();
  await ada.page.getByRole("button", { name: "Erase the account for ever" }).click();
  await ada.page.getByText("The account of Grace is erased.").waitFor();
  assert.deepEqual([...ada.problems, ...grace.problems], []);
});

test("a service key is shown once, and the audit trail tells of it", options, async () => {
  await using server = await startTeam();
  const { page, problems } = await openWindow(browser);
  await signIn(page, server.webAddress, "ada");
  await page.goto(`${server.webAddress}/admin`);
  await openPart(page, "Service keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByText("Give the key a name.").waitFor();
  await page.getByLabel("Name of a new key").fill("shop");
  await page.getByRole("button", { name: "Make a key" }).click();
  assert.ok((await page.locator(".admin-key").innerText()).length > 20);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("button", { name: "Delete the key shop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("There are no keys yet.").waitFor();
  await openPart(page, "Audit");
  await page.getByRole("combobox", { name: "User" }).selectOption({ label: "Ada @ada" });
  await page.getByText("service-key-created").last().waitFor();
  assert.deepEqual(problems, []);
});

test("rooms are deleted, others have no such screens, and axe finds nothing", options, async () => {
  await using server = await startTeam();
  const looks = { bypassCSP: true, reducedMotion: "reduce" } as const;
  const [ada, grace] = [await openWindow(browser, looks), await openWindow(browser, looks)];
  await signIn(grace.page, server.webAddress, "grace");
  await grace.page.goto(`${server.webAddress}/admin/keys`);
  await grace.page.getByText("This is for administrators").waitFor();
  await signIn(ada.page, server.webAddress, "ada");
  await ada.page.goto(`${server.webAddress}/admin`);
  await ada.page.getByRole("button", { name: "Manage Grace" }).waitFor();
  const found: string[] = [];
  for (const title of ["Users", "Rooms", "Audit", "Service keys"]) {
    await openPart(ada.page, title);
    for (const colorScheme of ["light", "dark"] as const) {
      await ada.page.emulateMedia({ colorScheme });
      await ada.page.evaluate(axe);
      const { violations } = (await ada.page.evaluate("axe.run()")) as { violations: { id: string }[] };
      found.push(...violations.map(({ id }) => `${title}, ${colorScheme}: ${id}`));
    }
  }
  assert.deepEqual(found, []);
  await openPart(ada.page, "Rooms");
  await ada.page.getByRole("button", { name: "Delete engine" }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await ada.page.getByRole("button", { name: "Delete engine" }).waitFor({ state: "detached" });
  assert.deepEqual([...ada.problems, ...grace.problems], []);
});
