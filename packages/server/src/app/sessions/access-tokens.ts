import { errors, jwtVerify, SignJWT } from "jose";
import { ChatError } from "../../domain/errors.ts";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { KeyRing } from "../../keys/port.ts";
import type { Clock } from "../clock.ts";
import { TtlCache } from "../ttl-cache.ts";

const ISSUER = "confab";
const AUDIENCE = "confab";
/** RFC 9068: an access token is never mistaken for another kind of JWT. */
const TYPE = "at+jwt";
const ALGORITHM = "EdDSA";
const CLOCK_TOLERANCE_S = 30;

const MAX_TOKEN_CHARACTERS = 2_048;
const MAX_REMEMBERED = 20_000;
const REMEMBER_MS = 5 * 60 * 1000;

/** Access tokens: EdDSA-signed JWTs that name a session. Whether the session still lives is not theirs to say. */
export interface AccessTokens {
  issue(session: { sessionId: SessionId; userId: UserId; lifetimeMs: number }): Promise<string>;
  /** The session that a token names. @throws ChatError TOKEN_INVALID, TOKEN_EXPIRED */
  verify(token: string): SessionId | Promise<SessionId>;
}

interface Verified {
  readonly sessionId: SessionId;
  readonly expiresAtMs: number;
}

/** A token is verified once and then remembered: checking a signature costs more than most calls. */
export function createAccessTokens(keys: KeyRing, clock: Clock): AccessTokens {
  const remembered = new TtlCache<string, Verified>(clock, REMEMBER_MS, MAX_REMEMBERED);

  async function check(token: string): Promise<Verified> {
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }) => {
          const key = keys.find(kid ?? "");
          if (!key) throw new errors.JWKSNoMatchingKey();
          return key;
        },
        {
          algorithms: [ALGORITHM],
          typ: TYPE,
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ["sub", "sid", "exp", "iat"],
          clockTolerance: CLOCK_TOLERANCE_S,
          currentDate: new Date(clock()),
        },
      );
      const { sid, exp = 0, iat = 0 } = payload;
      if (typeof sid !== "string" || iat * 1_000 > clock() + CLOCK_TOLERANCE_S * 1_000) throw invalid();
      return { sessionId: sid as SessionId, expiresAtMs: exp * 1_000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw expired();
      throw invalid();
    }
  }

  return {
    issue({ sessionId, userId, lifetimeMs }) {
      const { keyId, privateKey } = keys.current;
      const nowS = Math.floor(clock() / 1_000);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: keyId })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setIssuedAt(nowS)
        .setExpirationTime(nowS + Math.floor(lifetimeMs / 1_000))
        .sign(privateKey);
    },
    verify(token) {
      if (token.length > MAX_TOKEN_CHARACTERS) throw invalid();
      const verified = remembered.get(token, () => check(token));
      return verified instanceof Promise ? verified.then(toSession) : toSession(verified);
    },
  };

  function toSession({ sessionId, expiresAtMs }: Verified): SessionId {
    if (expiresAtMs <= clock()) throw expired();
    return sessionId;
  }
}

function invalid(): ChatError {
  return new ChatError("TOKEN_INVALID", "the token is not valid: sign in again");
}

function expired(): ChatError {
  return new ChatError(
    "TOKEN_EXPIRED",
    "the access token has expired: refresh the session, or sign in again",
  );
}
