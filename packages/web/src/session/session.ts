import { type Chat, type Credential, ConfabError, UnauthenticatedError } from "@confab/client/core";
import { Store } from "../store.ts";
import { errorWords } from "../text/error-words.ts";
import { openChat, resumeChat } from "./open-chat.ts";

/** The state of the user's session in this tab. */
export type SessionState =
  | { readonly status: "resuming" }
  | { readonly status: "unreachable"; readonly error: unknown }
  /** `reason` says why a session has ended, as a sentence; empty if the user has not been signed in. */
  | { readonly status: "signed-out"; readonly reason: string }
  | { readonly status: "signed-in"; readonly chat: Chat };

/** The session of this tab. */
export const session = new Store<SessionState>({ status: "resuming" });
let isResuming = false;

/** Continues the session of an earlier visit, if there is one. */
export async function resume(): Promise<void> {
  if (isResuming || session.get().status === "signed-in") return;
  isResuming = true;
  session.set({ status: "resuming" });
  try {
    const chat = await resumeChat();
    if (chat) begin(chat);
    else session.set({ status: "signed-out", reason: "" });
  } catch (error) {
    if (isEnd(error)) session.set({ status: "signed-out", reason: errorWords(error) });
    else session.set({ status: "unreachable", error });
  } finally {
    isResuming = false;
  }
}

/** Signs in. @throws ConfabError */
export async function signIn(credential: Credential): Promise<void> {
  begin(await openChat(credential));
}

/** Ends the session on this device. */
export async function signOut(): Promise<void> {
  const state = session.get();
  if (state.status !== "signed-in") return;
  try {
    await state.chat.signOut();
  } finally {
    session.set({ status: "signed-out", reason: "" });
  }
}

function begin(chat: Chat): void {
  chat.connection.subscribe(() => {
    const connection = chat.connection.get();
    if (connection.status !== "closed" || !connection.error) return;
    session.set({ status: "signed-out", reason: errorWords(connection.error) });
  });
  session.set({ status: "signed-in", chat });
}

function isEnd(error: unknown): boolean {
  return error instanceof UnauthenticatedError || (error instanceof ConfabError && error.reason === "SUSPENDED");
}
