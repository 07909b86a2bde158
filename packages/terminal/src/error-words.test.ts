import assert from "node:assert/strict";
import { test } from "node:test";
import { PermissionError, QuotaError, UnavailableError } from "@confab/client";
import { connectionWords, connectWords, errorWords } from "./error-words.ts";

test("a wait is named, but of a suspension, whose words say until when", () => {
  const [message, retryAfterMs] = ["too many sign-ins", 2_500];
  const limited = new QuotaError({ reason: "RATE_LIMITED", code: 8, message, retryAfterMs });
  assert.equal(errorWords(limited), "too many sign-ins; try again in 3 s");
  const until = new Date(2030, 0, 1, 12).toISOString();
  const words = `this account is suspended until ${until}`;
  const suspended = { reason: "SUSPENDED", code: 7, message: words, retryAfterMs: 86_400_000 };
  const told = "this account is suspended until Tuesday 1 January 2030 12:00";
  assert.equal(errorWords(new PermissionError(suspended)), told);
});

test("a failure to connect tells a server that is not there from TLS that does not fit", () => {
  const words = (reason: string): string =>
    connectWords(new UnavailableError({ reason, code: 14, message: "x" }), "chat.example.org:443");
  assert.match(words("CONNECTION_LOST"), /^no Confab server answers at chat\.example/);
  assert.match(words("TLS_UNTRUSTED"), /^the certificate of chat\.example\.org:443 is not trusted: --ca /);
  assert.match(words("TLS_NAME_MISMATCH"), /is for another name/);
  assert.equal(
    words("TLS_NOT_SPOKEN"),
    "chat.example.org:443 does not speak TLS: --no-tls connects without it",
  );
  assert.match(words("TLS_REQUIRED"), /^chat\.example\.org:443 speaks TLS only/);
});

test("a lost connection is told in the server's words, or as its silence", () => {
  const words = (reason: string, message: string): string =>
    connectionWords(new UnavailableError({ reason, code: 14, message }));
  assert.equal(words("SHUTTING_DOWN", "the server is restarting"), "the server is restarting");
  const transport = "No connection established. Last error: Error: connect ECONNREFUSED";
  assert.equal(words("CONNECTION_LOST", transport), "the server does not answer");
  assert.equal(words("", transport), "the server does not answer");
});
