import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importJWK, type JWK, type JWTPayload, SignJWT } from "jose";

/** The key that signs a server's access tokens, as its data folder has it. */
export interface SigningKey {
  readonly keyId: string;
  readonly jwk: JWK;
}

/** Fields in which a forged token differs from the server's own; undefined removes one. */
export interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly signWith?: JWK;
}

export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: JWTPayload;
}

/** The only key of a server that has not rotated its keys. */
export function readSigningKey(dataDir: string): SigningKey {
  const [name = ""] = readdirSync(join(dataDir, "keys"));
  return JSON.parse(readFileSync(join(dataDir, "keys", name), "utf8")) as SigningKey;
}

export function decodeToken(token: string): DecodedToken {
  const read = (part = "") => JSON.parse(Buffer.from(part, "base64url").toString());
  const [header, payload] = token.split(".");
  return { header: read(header), payload: read(payload) };
}

/** A token like this one of the server's, but for what is changed, signed by the server's hand. */
export async function forgeToken(key: SigningKey, token: string, change: Forgery = {}): Promise<string> {
  const { header, payload } = decodeToken(token);
  return new SignJWT(defined({ ...payload, ...change.payload }))
    .setProtectedHeader(defined({ alg: "EdDSA", ...header, ...change.header }))
    .sign(await importJWK(change.signWith ?? key.jwk, "EdDSA"));
}

export function base64Json(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Without what is undefined. */
function defined<Value extends object>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
