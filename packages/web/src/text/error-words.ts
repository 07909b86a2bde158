import { ConfabError, forPeople, UnavailableError } from "@confab/client/core";
import { withLocalTimes } from "./times.ts";

const SECOND_MS = 1_000;
const TRANSPORT_REASONS: readonly string[] = ["", "CONNECTION_LOST"];

/** Describes an error as a sentence for people: what happened, and when to try again. */
export function errorWords(error: unknown): string {
  if (!(error instanceof ConfabError))
    return sentence(error instanceof Error ? error.message : String(error));
  if (error instanceof UnavailableError && TRANSPORT_REASONS.includes(error.reason)) {
    return "The server does not answer. Check your connection, and try again.";
  }
  // The words of a suspension say until when.
  const waits = error.retryAfterMs !== undefined && error.reason !== "SUSPENDED";
  return sentence(wordsOf(error)) + (waits ? ` ${waitWords(error.retryAfterMs ?? 0)}` : "");
}

/** Returns the words for one refused field; undefined if the error is not about it. */
export function fieldWords(error: unknown, fields: readonly string[]): string | undefined {
  if (!(error instanceof ConfabError)) return undefined;
  const isAboutIt = error.fieldViolations.some(({ field }) => fields.includes(field));
  return isAboutIt ? errorWords(error) : undefined;
}

function wordsOf({ reason, message }: ConfabError): string {
  switch (reason) {
    case "DM_NOT_ALLOWED":
      return "They take no direct messages of yours: they block you, or have chosen who may write to them";
    case "CREDENTIALS_WRONG":
      return "This handle and password don't belong together";
    case "SESSION_REVOKED":
      return "You have been signed out";
    default:
      return withLocalTimes(forPeople(message), new Date());
  }
}

function waitWords(retryAfterMs: number): string {
  return `Try again in ${Math.max(1, Math.ceil(retryAfterMs / SECOND_MS))} s.`;
}

/** Begins with a capital and ends with a full stop. */
export function sentence(words: string): string {
  const [first = ""] = words;
  const capital = first.toLocaleUpperCase() + words.slice(first.length);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
