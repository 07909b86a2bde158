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
    await page.getByText("I can review before lunch.").first().waitFor();
    await page.getByRole("log").waitFor();
  },
};
