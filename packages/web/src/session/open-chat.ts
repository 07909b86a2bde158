import type { Chat } from "@confab/client/core";
import { connect, type WebCredential } from "@confab/client/web";
import { browserName } from "./browser-name.ts";

/** The server that the page is from. */
const SERVER = "/";
const options = {
  session: "cookie",
  clientName: "confab-web",
  deviceName: browserName(navigator.userAgent),
} as const;

/** Signs in to the server of the page, or without a credential continues this browser's session. @throws ConfabError */
export async function openChat(credential: WebCredential = { session: "cookie" }): Promise<Chat> {
  return connect(SERVER, { ...credential, ...options });
}
