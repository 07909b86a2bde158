import assert from "node:assert/strict";
import { test } from "node:test";
import { nextStep } from "./next-step.ts";

const config = { host: "127.0.0.1", grpcPort: 50_051, guests: true, tls: null };

function commandOf(changes: Partial<typeof config>, env: Record<string, string> = {}): string | undefined {
  return /^Chat in another terminal: (.*)$/m.exec(nextStep({ ...config, ...changes }, env) ?? "")?.[1];
}

test("the command that a new server suggests reaches it", () => {
  assert.equal(commandOf({}), "confab chat --guest Ada");
  assert.equal(commandOf({ guests: false }), "confab chat");
  assert.equal(commandOf({ grpcPort: 6_000 }), "confab chat 127.0.0.1:6000 --guest Ada");
  assert.equal(commandOf({ host: "::" }), "confab chat [::1]:50051 --guest Ada");
  assert.equal(commandOf({ host: "0.0.0.0" }), "confab chat --guest Ada");
});

test("it is the command that npm knows, where npm has started the server", () => {
  assert.equal(commandOf({}, { npm_lifecycle_event: "start" }), "npx confab chat --guest Ada");
  assert.equal(commandOf({}, { npm_command: "exec" }), "npx @confab/server chat --guest Ada");
});

test("with TLS nothing is suggested", () => {
  assert.equal(nextStep({ ...config, tls: { certPath: "cert.pem", keyPath: "key.pem" } }, {}), null);
});
