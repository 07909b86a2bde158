import { readFile } from "node:fs/promises";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import { ChatError } from "../../domain/errors.ts";
import type { SystemRole } from "../../domain/users/system-roles.ts";
import type { Clock } from "../clock.ts";

/** Only signatures that anyone can verify and nobody but the issuer can make. */
const ALGORITHMS = ["EdDSA", "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const CLOCK_TOLERANCE_S = 30;
const FETCH_TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 5_000;
const MAX_TOKEN_CHARACTERS = 16_384;

/** The host application's identity provider. */
interface ExternalTokensOptions {
  /** Its public keys. */
  readonly jwks: { readonly url: string } | { readonly file: string };
  readonly issuer: string;
  readonly audience: string;
  /** The claims that give handle, display name and role; a role only where its claim is named. */
  readonly claims: { readonly handle: string; readonly displayName: string; readonly role: string | null };
  readonly clock: Clock;
}

/** The holder of a verified token. */
export interface ExternalIdentity {
  /** Unique among all issuers: the issuer and its name for the holder. */
  readonly subject: string;
  readonly handle: string | null;
  readonly displayName: string;
  /** Null: the token says nothing of it. */
  readonly role: SystemRole | null;
}

export type VerifyExternalToken = (token: string) => Promise<ExternalIdentity>;

/** @throws Error when the file of keys can't be read */
export async function createExternalTokens(options: ExternalTokensOptions): Promise<VerifyExternalToken> {
  const { jwks, issuer, audience, claims, clock } = options;
  const keys =
    "url" in jwks
      ? createRemoteJWKSet(new URL(jwks.url), { timeoutDuration: FETCH_TIMEOUT_MS })
      : await readKeySet(jwks.file);

  return async (token) => {
    if (token.length > MAX_TOKEN_CHARACTERS) throw invalid("it is too long");
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      requiredClaims: ["sub", "exp"],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(clock()),
    }).catch((error: unknown) => {
      throw explain(error);
    });
    const subject = textClaim(payload, "sub");
    if (subject === null) throw invalid(`its claim "sub" is wrong`);
    return {
      subject: `${issuer} ${subject}`,
      handle: textClaim(payload, claims.handle),
      displayName: textClaim(payload, claims.displayName) ?? "",
      role: claims.role === null ? null : roleClaim(payload, claims.role),
    };
  };
}

async function readKeySet(file: string): Promise<JWTVerifyGetKey> {
  try {
    return createLocalJWKSet(JSON.parse(await readFile(file, "utf8")) as JSONWebKeySet);
  } catch (error) {
    throw new Error(
      `can't read the key set ${file}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function textClaim(payload: JWTPayload, name: string): string | null {
  const value = payload[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** Guests and services are not made by tokens: any other word than these leaves an ordinary user. */
function roleClaim(payload: JWTPayload, name: string): SystemRole {
  const value = payload[name];
  return value === "admin" || value === "moderator" ? value : "user";
}

function explain(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    return new ChatError("TOKEN_EXPIRED", "the external token has expired: get another from your provider");
  }
  if (isProvidersFault(error)) {
    return new ChatError(
      "IDENTITY_PROVIDER_UNREACHABLE",
      "the identity provider's keys can't be fetched: try again",
      {
        retryAfterMs: RETRY_AFTER_MS,
        cause: error,
      },
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed) return invalid(`its claim "${error.claim}" is wrong`);
  return invalid("its signature or form is wrong");
}

/** True if the keys could not be fetched, so that nothing is known of the token. */
function isProvidersFault(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  // An answer that is not 200, or not JSON, has no class of its own.
  const isBadAnswer = error.code === errors.JOSEError.code;
  return isBadAnswer || error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
}

function invalid(why: string): ChatError {
  return new ChatError("TOKEN_INVALID", `the external token is not valid: ${why}`, {
    field: "external_token",
  });
}
