import type { WebCredential } from "@confab/client/web";
import { errorWords, fieldWords } from "../text/error-words.ts";

/** The ways to sign in. */
export type Way = "sign-in" | "register" | "guest";

/** The contents of the form. */
export interface Entries {
  readonly handle: string;
  readonly displayName: string;
  readonly password: string;
}

/** A problem of the form: a sentence at a field, or under the form. */
export type Refusals = Partial<Record<keyof Entries | "form", string>>;

/** Returns what is missing for a way to sign in; empty if nothing is. */
export function missingIn(way: Way, { handle, displayName, password }: Entries): Refusals {
  if (way === "guest")
    return displayName.trim() === "" ? { displayName: "Enter the name to chat under." } : {};
  return {
    ...(handle.trim() === "" && { handle: "Enter your handle." }),
    ...(password === "" && { password: way === "register" ? "Choose a password." : "Enter your password." }),
  };
}

/** Makes the credential of a complete form. */
export function credentialOf(way: Way, { handle, displayName, password }: Entries): WebCredential {
  if (way === "guest") return { guest: displayName.trim() };
  if (way === "sign-in") return { handle: handle.trim(), password };
  const name = displayName.trim();
  return { register: { handle: handle.trim(), password, ...(name !== "" && { displayName: name }) } };
}

/** Puts the server's refusal where it belongs. */
export function refusalsOf(error: unknown): Refusals {
  const found = {
    handle: fieldWords(error, ["handle", "user.handle"]),
    displayName: fieldWords(error, ["display_name", "user.display_name", "guest.display_name"]),
    password: fieldWords(error, ["password", "password.password"]),
  };
  const named = Object.entries(found).filter(([, words]) => words !== undefined);
  return named.length > 0 ? Object.fromEntries(named) : { form: errorWords(error) };
}
