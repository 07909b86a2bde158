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

test("a failure to connect tells a server that is not there from one that is not trusted, or has no TLS", () => {
  const words = (message: string): string => {
    const details = { reason: "CONNECTION_LOST", code: 14, message: `No connection established. ${message}` };
    return connectWords(new UnavailableError(details), "chat.example.org:443");
  };
  assert.match(
    words("Last error: Error: connect ECONNREFUSED"),
    /^no Confab server answers at chat\.example/,
  );
  for (const refusal of ["self-signed certificate", "does not match certificate's altnames: IP: 10.0.0.1"])
    assert.match(
      words(refusal),
      /^the certificate of chat\.example\.org:443 .* --ca names another to trust$/,
    );
  for (const plain of [
    "SSL routines:tls_validate_record_header:wrong version number",
    "WRONG_VERSION_NUMBER",
  ])
    assert.equal(words(plain), "chat.example.org:443 does not speak TLS: --no-tls connects without it");
});

test("a lost connection is told in the server's words, or as its silence", () => {
  const words = (reason: string, message: string): string =>
    connectionWords(new UnavailableError({ reason, code: 14, message }));
  assert.equal(words("SHUTTING_DOWN", "the server is restarting"), "the server is restarting");
  const transport = "No connection established. Last error: Error: connect ECONNREFUSED";
  assert.equal(words("CONNECTION_LOST", transport), "the server does not answer");
  assert.equal(words("", transport), "the server does not answer");
});
