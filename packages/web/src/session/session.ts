import { type Chat, ConfabError, UnauthenticatedError } from "@confab/client/core";
import type { WebCredential } from "@confab/client/web";
import { Store } from "../store.ts";
import { readStored, writeStored } from "../stored.ts";
import { errorWords } from "../text/error-words.ts";
import { openChat } from "./open-chat.ts";

/** The state of the user's session in this tab. */
export type SessionState =
  | { readonly status: "resuming" }
  | { readonly status: "unreachable"; readonly error: unknown }
  /** `reason` says why a session has ended, as a sentence; empty if the user has not been signed in. */
  | { readonly status: "signed-out"; readonly reason: string }
  /** `isNew` if the user has just come in, as a guest or with a new account. */
  | { readonly status: "signed-in"; readonly chat: Chat; readonly isNew: boolean };

/** Says that this browser has been signed in: a first visit need not ask the server. */
const KEY = "confab.signed-in";

/** The session of this tab. */
export const session = new Store<SessionState>({ status: "resuming" });
let isResuming = false;

/** Continues the session of an earlier visit, if there is one. */
export async function resume(): Promise<void> {
  if (isResuming || session.get().status === "signed-in") return;
  isResuming = true;
  session.set({ status: "resuming" });
  try {
    if (readStored(KEY) === null) session.set({ status: "signed-out", reason: "" });
    else begin(await openChat(), false);
  } catch (error) {
    if (isEnd(error)) end(errorWords(error));
    else session.set({ status: "unreachable", error });
  } finally {
    isResuming = false;
  }
}

/** Signs in. @throws ConfabError */
export async function signIn(credential: WebCredential): Promise<void> {
  const isNew = credential.register !== undefined || credential.guest !== undefined;
  begin(await openChat(credential), isNew);
}

/** Ends the session on this device. @throws ConfabError if the server did not hear of it */
export async function signOut(): Promise<void> {
  const state = session.get();
  if (state.status !== "signed-in") return;
  try {
    await state.chat.signOut();
  } finally {
    end("");
  }
}

function begin(chat: Chat, isNew: boolean): void {
  writeStored(KEY, "yes");
  chat.connection.subscribe(() => {
    const connection = chat.connection.get();
    if (connection.status === "closed" && connection.error) end(errorWords(connection.error));
  });
  session.set({ status: "signed-in", chat, isNew });
}

function end(reason: string): void {
  writeStored(KEY, null);
  session.set({ status: "signed-out", reason });
}

function isEnd(error: unknown): boolean {
  return (
    error instanceof UnauthenticatedError || (error instanceof ConfabError && error.reason === "SUSPENDED")
  );
}
