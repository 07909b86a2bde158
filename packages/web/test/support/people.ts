import type { Page } from "playwright-core";

/** A password that is not common. */
export const PASSWORD = "a quiet harbour town";

/** Signs in by the page's form, and waits for the rooms. */
export async function signIn(page: Page, address: string, handle: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel("Handle").fill(handle);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).waitFor();
}

/** Opens a room by its link in the list. */
export async function openRoom(page: Page, title: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: title }).click();
  await page.getByRole("textbox", { name: `Message to ${title}` }).waitFor();
}

/** Writes a message in the open room. */
export async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: /^Message to/ }).fill(text);
  await page.keyboard.press("Enter");
}

/** Waits until the open room shows a message. */
export async function untilShown(page: Page, text: string): Promise<void> {
  await page.getByRole("log").getByText(text, { exact: true }).waitFor();
}
