import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { connect, type SessionTokens, UnauthenticatedError } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { untilStatus } from "./support/chats.ts";
import { untilValue } from "./support/wait.ts";

const [ISSUER, AUDIENCE] = ["https://issuer.test", "confab-tests"];
const reconnect = { minDelayMs: 20, maxDelayMs: 200 };

/** An identity provider: its key set as a file for the server, and the tokens that it signs. */
class Provider implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "confab-client-test-"));
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly settings: Readonly<Record<"jwksFile" | "jwtIssuer" | "jwtAudience", string>>;

  constructor() {
    const jwksFile = join(this.#folder, "keys.json");
    const key = { ...this.#keys.publicKey.export({ format: "jwk" }), kid: "one", alg: "ES256", use: "sig" };
    writeFileSync(jwksFile, JSON.stringify({ keys: [key] }));
    this.settings = { jwksFile, jwtIssuer: ISSUER, jwtAudience: AUDIENCE };
  }

  token(subject: string, nowMs: number): string {
    const nowS = Math.floor(nowMs / 1_000);
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: subject, iat: nowS, exp: nowS + 300 };
    const parts = [
      { alg: "ES256", kid: "one" },
      { ...claims, preferred_username: subject },
    ];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const key = { key: this.#keys.privateKey, dsaEncoding: "ieee-p1363" } as const;
    return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

describe("a session of an external token that has ended", () => {
  test("is replaced: the token is asked for again, and the chat goes on", async () => {
    using provider = new Provider();
    await using server = await createTestServer({ settings: provider.settings });
    let asked = 0;
    const tokens: SessionTokens[] = [];
    await using chat = await connect(server.address, {
      externalToken: async () => {
        asked++;
        if (asked === 2) throw new Error("the provider is down");
        return provider.token("ada", server.clock.now());
      },
      onSession: (issued) => void tokens.push(issued),
      reconnect,
    });
    assert.deepEqual([chat.me.handle, asked], ["ada", 1]);
    await using other = await connect(server.address, { refreshToken: tokens[0]?.refreshToken ?? "" });
    const down = untilValue(
      chat.connection,
      (state) => state.status === "reconnecting" && state.error.reason === "EXTERNAL_TOKEN_FAILED",
    );
    await other.signOut();
    await down;
    await untilStatus(chat, "online");
    assert.deepEqual([asked, tokens.length], [3, 2]);
    assert.equal((await chat.users.get(chat.me.id)).handle, "ada");
  });

  test("stays ended if the provider's token is refused", async () => {
    using provider = new Provider();
    await using server = await createTestServer({ settings: provider.settings });
    const answers = [provider.token("ada", server.clock.now()), "not.a.token"];
    const tokens: SessionTokens[] = [];
    await using chat = await connect(server.address, {
      externalToken: async () => answers.shift() ?? "",
      onSession: (issued) => void tokens.push(issued),
      reconnect,
    });
    await using other = await connect(server.address, { refreshToken: tokens[0]?.refreshToken ?? "" });
    await other.signOut();
    const state = await untilStatus(chat, "closed");
    assert.ok(state.status === "closed" && state.error instanceof UnauthenticatedError);
  });
});
