import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchChromium, openWindow, withoutChromium } from "./support/browser.ts";
import { PASSWORD, signIn } from "./support/people.ts";
import { startTeam } from "./support/team-server.ts";

const options = { skip: withoutChromium, timeout: 120_000 };
let browser: Browser;
before(async () => {
  if (withoutChromium === false) browser = await launchChromium();
});
after(() => browser?.close());

test("a profile is changed, and a refusal stands at its field", options, async () => {
  await using server = await startTeam();
  const { page, problems } = await openWindow(browser);
  await signIn(page, server.webAddress, "ada");
  await page.getByRole("button", { name: "Settings" }).click();
  const profile = page.getByRole("region", { name: "Profile" });
  await profile.getByLabel("Handle").fill("grace");
  await profile.getByRole("button", { name: "Save" }).click();
  await profile.getByRole("alert").waitFor();
  await profile.getByLabel("Handle").fill("ada");
  await profile.getByLabel("Display name").fill("Ada Lovelace");
  await profile.getByLabel("Who may write to you directly").selectOption("nobody");
  await profile.getByRole("button", { name: "Save" }).click();
  await page.getByText("Your profile is saved.").waitFor();
  await page.getByRole("navigation").getByText("Ada Lovelace").waitFor();
  await page.getByText("Dark", { exact: true }).click();
  assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark");
  assert.deepEqual(problems, []);
});

test("a new password needs the old one, and signs other devices out", options, async () => {
  await using server = await startTeam();
  const [desk, phone] = [await openWindow(browser), await openWindow(browser)];
  await signIn(desk.page, server.webAddress, "ada");
  await signIn(phone.page, server.webAddress, "ada");
  await desk.page.getByRole("button", { name: "Settings" }).click();
  const password = desk.page.getByRole("region", { name: "Password" });
  await password.getByLabel("Current password").fill("not this one, surely");
  await password.getByLabel("New password").fill("a louder harbour town");
  await password.getByRole("button").click();
  await password.getByText("This is not your password.").waitFor();
  await password.getByLabel("Current password").fill(PASSWORD);
  await password.getByLabel("New password").fill("short");
  await password.getByRole("button").click();
  await password.getByRole("alert").waitFor();
  await password.getByLabel("New password").fill("a louder harbour town");
  await password.getByRole("button").click();
  await desk.page.getByText("Your password is changed").waitFor();
  await phone.page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual([...desk.problems, ...phone.problems], []);
});

test("a device is signed out from another, this one is marked, and all go at once", options, async () => {
  await using server = await startTeam();
  const [desk, phone] = [await openWindow(browser), await openWindow(browser)];
  await signIn(desk.page, server.webAddress, "ada");
  await signIn(phone.page, server.webAddress, "ada");
  await desk.page.getByRole("button", { name: "Settings" }).click();
  const devices = desk.page.getByRole("region", { name: "Devices" });
  await devices.getByText("This device").waitFor();
  assert.equal(await devices.getByText("This device").count(), 1);
  await devices.getByRole("button", { name: "Sign out Chrome on Linux" }).click();
  await phone.page.getByRole("button", { name: "Sign in" }).waitFor();
  await desk.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await desk.page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await desk.page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual([...desk.problems, ...phone.problems], []);
});

test("people are blocked and ignored by their handle, and let back", options, async () => {
  await using server = await startTeam();
  const { page, problems } = await openWindow(browser);
  await signIn(page, server.webAddress, "ada");
  await page.getByRole("button", { name: "Settings" }).click();
  const people = page.getByRole("region", { name: "People you block or ignore" });
  await people.getByLabel("Handle").fill("nobody-here");
  await people.getByRole("button", { name: "Block" }).click();
  await people.getByRole("alert").waitFor();
  await people.getByLabel("Handle").fill("@grace");
  await people.getByRole("button", { name: "Block" }).click();
  await people.getByText("@grace · blocked").waitFor();
  await people.getByLabel("Handle").fill("grace");
  await people.getByRole("button", { name: "Ignore" }).click();
  await people.getByText("@grace · blocked, ignored").waitFor();
  await people.getByRole("button", { name: "Unblock Grace" }).click();
  await people.getByRole("button", { name: "Stop ignoring Grace" }).click();
  await people.getByText("Grace", { exact: true }).waitFor({ state: "detached" });
  assert.deepEqual(problems, []);
});
