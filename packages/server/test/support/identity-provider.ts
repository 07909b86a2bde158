import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
  SignJWT,
} from "jose";

export const ISSUER = "https://issuer.test";
export const AUDIENCE = "confab-tests";

const ALGORITHM = "ES256";

/** The way the provider answers a request for its keys. */
export type ProviderMood = "well" | "error" | "not-json" | "no-key-set";

/** The identity provider of a host application: it signs tokens, and publishes its keys over HTTP. */
export interface IdentityProvider extends AsyncDisposable {
  readonly url: string;
  readonly keySet: JSONWebKeySet;
  mood: ProviderMood;
  /** A token of the provider's, good for five minutes but for what is changed. */
  sign(claims: JWTPayload, options?: SignOptions): Promise<string>;
}

export interface SignOptions {
  readonly issuer?: string;
  readonly audience?: string;
  readonly lifetimeS?: number;
  /** Default: the provider's own. */
  readonly key?: ProviderKey;
}

export interface ProviderKey {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const { key, keySet } = await createKey("theirs");
  let mood: ProviderMood = "well";
  const server = createServer((_request, response) => answer(response, mood, keySet));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    keySet,
    get mood() {
      return mood;
    },
    set mood(next) {
      mood = next;
    },
    sign: (claims, options = {}) => sign(claims, { key, ...options }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export async function createKey(keyId: string): Promise<{ key: ProviderKey; keySet: JSONWebKeySet }> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const jwk = { ...(await exportJWK(publicKey)), kid: keyId, alg: ALGORITHM, use: "sig" };
  return { key: { keyId, privateKey }, keySet: { keys: [jwk] } };
}

function sign(
  claims: JWTPayload,
  { key, issuer = ISSUER, audience = AUDIENCE, lifetimeS = 300 }: SignOptions & { readonly key: ProviderKey },
): Promise<string> {
  const nowS = Math.floor(Date.now() / 1_000);
  return new SignJWT({ iss: issuer, aud: audience, iat: nowS, exp: nowS + lifetimeS, ...claims })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.keyId })
    .sign(key.privateKey);
}

function answer(response: ServerResponse, mood: ProviderMood, keySet: JSONWebKeySet): void {
  const bodies = {
    well: JSON.stringify(keySet),
    error: "it is not your day",
    "not-json": "<html>",
    "no-key-set": "{}",
  } as const satisfies Record<ProviderMood, string>;
  response.writeHead(mood === "error" ? 500 : 200, { "content-type": "application/json" });
  response.end(bodies[mood]);
}
