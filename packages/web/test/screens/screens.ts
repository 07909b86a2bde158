import type { Page } from "playwright-core";
import { PASSWORD } from "./team.ts";

type OpenScreen = (page: Page, isPhone: boolean) => Promise<void>;

/** Each screen, in an order in which one leads to the next. */
export const screens: Readonly<Record<string, OpenScreen>> = {
  async "sign-in"(page) {
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await page.getByRole("tab", { name: "Guest" }).waitFor();
  },
  async register(page) {
    await page.getByRole("tab", { name: "Register" }).click();
    await page.getByLabel("Handle").fill("mira");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("alert").waitFor();
  },
  async rooms(page) {
    await page.getByRole("tab", { name: "Sign in" }).click();
    await page.getByLabel("Handle").fill("mira");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: /release/ }).waitFor();
  },
  async conversation(page) {
    await page.getByRole("link", { name: /release/ }).click();
    await page.getByRole("log").getByText("I can review before lunch.").waitFor();
    await page.mouse.move(0, 0);
  },
  async message(page) {
    const message = page.getByRole("article").filter({ hasText: "price flash" });
    await message.focus();
    await message.getByRole("button", { name: "Reply" }).click();
    await page.getByRole("textbox", { name: "Message to release" }).fill("Mind the gap: @");
    await page.getByRole("listbox").waitFor();
  },
  async emoji(page) {
    await page.keyboard.press("Escape");
    await page.getByRole("textbox", { name: "Message to release" }).fill("");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Add an emoji" }).click();
    await page.getByRole("button", { name: "grinning", exact: true }).waitFor();
  },
  async delete(page) {
    await page.keyboard.press("Escape");
    const own = page.getByRole("article").filter({ hasText: "Yes, since 4.1" });
    await own.focus();
    await own.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").waitFor();
  },
  async "add-room"(page, isPhone) {
    await page.keyboard.press("Escape");
    if (isPhone) await page.getByRole("button", { name: "Back to the rooms" }).click();
    await page.getByRole("button", { name: "Join or make a room" }).click();
    await page.getByRole("button", { name: "Open release" }).waitFor();
  },
  async "write-to"(page) {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Write to somebody" }).click();
    await page.getByLabel("Name or handle").fill("so");
    await page.getByLabel("Sofia Marques").waitFor();
  },
  async details(page) {
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: /release/ }).click();
    await page.getByRole("button", { name: "Details" }).click();
    await page.getByRole("button", { name: /Jonas Weber.*owner/ }).waitFor();
  },
  async access(page) {
    await page.getByRole("button", { name: "What may I do here?" }).click();
    await page.getByLabel("The question").selectOption("manage-members");
    await page.getByText("No:").waitFor();
  },
  async pins(page) {
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Pinned messages" }).click();
    await page.getByRole("complementary").getByText("gangway").waitFor();
  },
  async thread(page) {
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("link", { name: "2 answers" }).press("Enter");
    await page.getByRole("complementary").getByText("Reproduced").waitFor();
  },
  async search(page, isPhone) {
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Search in this room" }).click();
    await page.getByRole("combobox", { name: "Room", exact: true }).selectOption("");
    await page.getByRole("searchbox", { name: "Search messages" }).fill("the fre");
    await page.getByText("That is all.").waitFor();
    if (!isPhone) await page.getByRole("button", { name: "Show what stands around it" }).first().click();
  },
  async switcher(page) {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /^Go to/ }).fill("so");
    await page.getByRole("option", { name: "Sofia Marques @sofia" }).waitFor();
  },
  async settings(page, isPhone) {
    await page.keyboard.press("Escape");
    if (isPhone) await page.getByRole("button", { name: "Back to the rooms" }).click();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByText("This device").waitFor();
  },
  async offline(page, isPhone) {
    if (isPhone) await page.getByRole("button", { name: "Back to the rooms" }).click();
    await page.getByRole("link", { name: /Lin Zhao/ }).click();
    await page.getByRole("log").getByText("Perfect, I bring").waitFor();
    await page.context().setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await page.getByRole("textbox", { name: "Message to Lin Zhao" }).fill("On my way");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Waits for the connection").waitFor();
  },
};
