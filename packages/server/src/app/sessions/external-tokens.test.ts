import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mock, test } from "node:test";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { reasonOf } from "../testing.ts";
import { createExternalTokens } from "./external-tokens.ts";

const issuer = "https://issuer.test";
const audience = "tests";
const claims = { handle: "preferred_username", displayName: "name", role: null };

async function createKey(kid: string): Promise<{ kid: string; privateKey: CryptoKey; jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256" } };
}

function sign({ kid, privateKey }: { kid: string; privateKey: CryptoKey }): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject("u-1")
    .setExpirationTime(Math.floor(Date.now() / 1_000) + 300)
    .sign(privateKey);
}

test("a key that the provider begins to use is fetched, but not more often than every 30 s", async () => {
  const [old, next] = [await createKey("old"), await createKey("next")];
  const published = [old.jwk];
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches++;
    response.end(JSON.stringify({ keys: published }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  mock.timers.enable({ apis: ["Date"], now: Date.now() });
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const verify = await createExternalTokens({ jwks: { url }, issuer, audience, claims, clock: Date.now });
    assert.equal((await verify(await sign(old))).subject, `${issuer} u-1`);
    published.push(next.jwk);
    const token = await sign(next);
    for (let count = 0; count < 5; count++)
      assert.equal(await reasonOf(() => verify(token)), "TOKEN_INVALID");
    assert.equal(fetches, 1);
    mock.timers.tick(30_001);
    assert.equal((await verify(token)).subject, `${issuer} u-1`);
    assert.equal(fetches, 2);
  } finally {
    mock.timers.reset();
    server.closeAllConnections();
    server.close();
  }
});
