import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgumentError, PermissionError, QuotaError, UnavailableError } from "@confab/client/core";
import { errorWords, fieldWords } from "./error-words.ts";

test("a refusal is a sentence, and says when to try again", () => {
  const limited = { reason: "RATE_LIMITED", code: 8, message: "too many sign-ins", retryAfterMs: 2_500 };
  assert.equal(errorWords(new QuotaError(limited)), "Too many sign-ins. Try again in 3 s.");
  const denied = { reason: "NOT_PERMITTED", code: 7, message: "a room for members only!" };
  assert.equal(errorWords(new PermissionError(denied)), "A room for members only!");
  assert.equal(errorWords(new Error("ärger")), "Ärger.");
});

test("a lost connection is told in the page's words, a restart in the server's", () => {
  const lost = new UnavailableError({ reason: "CONNECTION_LOST", code: 14, message: "fetch failed" });
  assert.match(errorWords(lost), /^The server does not answer/);
  const restarting = { reason: "SHUTTING_DOWN", code: 14, message: "the server is restarting" };
  assert.equal(errorWords(new UnavailableError(restarting)), "The server is restarting.");
});

test("a refusal is shown at the field that it is about, without the contract's names", () => {
  const message = "user.handle has 1 characters; at least 2 are needed";
  const fieldViolations = [{ field: "user.handle", description: message }];
  const error = new InvalidArgumentError({ reason: "HANDLE_INVALID", code: 3, message, fieldViolations });
  assert.match(fieldWords(error, ["user.handle"]) ?? "", /^The handle has 1 characters/);
  assert.equal(fieldWords(error, ["password"]), undefined);
  assert.equal(fieldWords(new Error("x"), ["password"]), undefined);
});
