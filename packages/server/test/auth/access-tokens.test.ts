import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT } from "jose";
import { refusalOf } from "../support/client.ts";
import { base64Json, decodeToken, type Forgery, forgeToken, readSigningKey } from "../support/forge.ts";
import { operatorClient, register } from "../support/people.ts";
import { rawCall } from "../support/raw-call.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { getUser } = v1.UserService.method;
const { refreshSession } = v1.AuthService.method;
const { rotateSigningKey } = v1.AdminService.method;

const me = { key: { case: "userId", value: "me" } } as const;
const nowS = (): number => Math.floor(Date.now() / 1_000);

for (const runtime of runtimes) {
  describe(`access tokens on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const person = await register(client, "ada");
    const key = readSigningKey(server.dataDir);
    const claims = decodeToken(person.token).payload;

    const forge = (change: Forgery = {}) => forgeToken(key, person.token, change);

    async function assertRefused(token: string, what: string, reason = "TOKEN_INVALID"): Promise<void> {
      const refusal = await refusalOf(client.unary(getUser, me, { token }));
      assert.deepEqual([refusal.code, refusal.reason], [status.UNAUTHENTICATED, reason], what);
    }

    test("a token is an EdDSA JWT of type at+jwt that names session, user and key and ends in 5 minutes", async () => {
      const { header } = decodeToken(person.token);
      assert.deepEqual(header, { alg: "EdDSA", typ: "at+jwt", kid: key.keyId });
      const { iat = 0, exp = 0, ...rest } = claims;
      assert.deepEqual(rest, { sid: person.sessionId, sub: person.id, iss: "confab", aud: "confab" });
      assert.equal(exp - iat, 300);
      // The tests below forge tokens with this function, so it must be able to make a valid one.
      assert.equal((await client.unary(getUser, me, { token: await forge() })).user?.id, person.id);
    });

    test("a call without a token, or with what is none, is refused", async () => {
      // A value that ends in a space is no header: HTTP/2 drops it.
      for (const options of [{}, { token: "" }, { token: " " }]) {
        const { code, reason } = await refusalOf(client.unary(getUser, me, options));
        assert.deepEqual([code, reason], [status.UNAUTHENTICATED, "SIGN_IN_REQUIRED"]);
      }
      for (const token of ["nonsense", "a.b.c", "..", "x".repeat(10_240), "eyJhbGciOiJub25lIn0.e30."]) {
        await assertRefused(token, token.slice(0, 40));
      }
      for (const authorization of [
        "Bearer",
        person.token,
        `Basic ${person.token}`,
        `Bearer ${person.token} x`,
      ]) {
        const refusal = await refusalOf(client.unary(getUser, me, { metadata: { authorization } }));
        assert.deepEqual([refusal.code, refusal.reason], [status.UNAUTHENTICATED, "TOKEN_INVALID"]);
      }
    });

    test("the scheme may be written in any case", async () => {
      for (const scheme of ["bearer", "BEARER", "bEaReR"]) {
        const metadata = { authorization: `${scheme} ${person.token}` };
        assert.equal((await client.unary(getUser, me, { metadata })).user?.id, person.id);
      }
    });

    test("two authorization headers are refused, whichever of them is good", async () => {
      const [good, bad] = [`Bearer ${person.token}`, "Bearer nonsense"];
      const call = (...tokens: string[]) =>
        rawCall(server.address, getUser, me, { headers: tokens.map((token) => ["authorization", token]) });
      assert.equal((await call(good)).code, status.OK);
      for (const pair of [
        [good, bad],
        [bad, good],
        [good, good],
      ]) {
        assert.equal((await call(...pair)).code, status.UNAUTHENTICATED);
      }
    });

    test("a token without a signature is refused, however `none` is written", async () => {
      for (const alg of ["none", "None", "NONE", "nOnE", ""]) {
        const unsigned = `${base64Json({ alg, typ: "at+jwt", kid: key.keyId })}.${base64Json(claims)}`;
        await assertRefused(`${unsigned}.`, alg);
        await assertRefused(`${unsigned}.${person.token.split(".")[2]}`, alg);
      }
    });

    test("a token that is signed with the public key as a secret is refused", async () => {
      const { d: _private, ...publicJwk } = key.jwk;
      const publicKey = await importJWK(publicJwk, "EdDSA", { extractable: true });
      if (publicKey instanceof Uint8Array) throw new Error("a public key is no secret");
      const secrets = [
        Buffer.from(await exportSPKI(publicKey)),
        Buffer.from(publicJwk.x ?? "", "base64url"),
        Buffer.from(JSON.stringify(publicJwk)),
      ];
      for (const secret of secrets) {
        for (const alg of ["HS256", "HS384", "HS512"]) {
          const token = await new SignJWT(claims)
            .setProtectedHeader({ alg, typ: "at+jwt", kid: key.keyId })
            .sign(Buffer.concat([secret, Buffer.alloc(64)]).subarray(0, Math.max(64, secret.length)));
          await assertRefused(token, alg);
        }
      }
    });

    test("the algorithm counts as it is written", async () => {
      const [header = "", payload = "", signature = ""] = (await forge()).split(".");
      for (const alg of ["eddsa", "EDDSA", "Ed25519", "ES256", "RS256", "EdDSA ", ["EdDSA"], null, 1]) {
        const changed = { ...JSON.parse(Buffer.from(header, "base64url").toString()), alg };
        await assertRefused(`${base64Json(changed)}.${payload}.${signature}`, JSON.stringify(alg));
      }
      await assertRefused(
        `${header}.${base64Json({ ...claims, sub: randomUUID() })}.${signature}`,
        "payload",
      );
    });

    test("a key that the token brings along, or tells where to find, is not believed", async () => {
      const { privateKey, publicKey } = await generateKeyPair("EdDSA", { extractable: true });
      const [signWith, jwk] = [await exportJWK(privateKey), await exportJWK(publicKey)];
      for (const header of [
        { jwk },
        { jwk, kid: undefined },
        { jku: "http://127.0.0.1:1/jwks.json", kid: "theirs" },
        { x5u: "http://127.0.0.1:1/cert.pem" },
        { x5c: [Buffer.from("certificate").toString("base64")] },
        {},
      ]) {
        await assertRefused(await forge({ header, signWith }), JSON.stringify(header));
      }
    });

    test("only a key of the ring is found, and no file by its name", async () => {
      const kids = [
        randomUUID(),
        "",
        "../confab.db",
        `../keys/${key.keyId}`,
        `${key.keyId}.json`,
        `${key.keyId}\0`,
        "/dev/null",
        "__proto__",
        "' or 1=1 --",
        undefined,
      ];
      for (const kid of kids) await assertRefused(await forge({ header: { kid } }), String(kid));
    });

    test("a token of another type, issuer or audience, or without its claims, is refused", async () => {
      for (const typ of ["JWT", "jwt", "id+jwt", undefined]) {
        await assertRefused(await forge({ header: { typ } }), String(typ));
      }
      const payloads = [
        { iss: "elsewhere" },
        { aud: "elsewhere" },
        { aud: [] },
        { sid: undefined },
        { sid: 7 },
        { sub: undefined },
        { exp: undefined },
        { iat: undefined },
        { iss: undefined },
      ];
      for (const payload of payloads) {
        await assertRefused(await forge({ payload }), JSON.stringify(payload));
      }
      await assertRefused(await forge({ payload: { sid: randomUUID() } }), "no session", "SESSION_REVOKED");
    });

    test("a token ends on the second, and one from the future does not count", async () => {
      await assertRefused(await forge({ payload: { exp: nowS() - 1 } }), "exp", "TOKEN_EXPIRED");
      await assertRefused(await forge({ payload: { exp: nowS() - 300 } }), "exp", "TOKEN_EXPIRED");
      await assertRefused(await forge({ payload: { nbf: nowS() + 60 } }), "nbf");
      await assertRefused(await forge({ payload: { iat: nowS() + 86_400 } }), "iat");
      // Clocks differ by seconds.
      await client.unary(getUser, me, {
        token: await forge({ payload: { nbf: nowS() + 10, iat: nowS() + 10 } }),
      });
    });

    test("a refresh token is no access token, and the reverse", async () => {
      await assertRefused(person.refreshToken, "refresh token");
      const refusal = await refusalOf(client.unary(refreshSession, { refreshToken: person.token }));
      assert.deepEqual([refusal.code, refusal.reason], [status.UNAUTHENTICATED, "TOKEN_INVALID"]);
      for (const refreshToken of ["", "cfr_", `cfr_${"x".repeat(65)}`, `${person.refreshToken}x`]) {
        const { reason } = await refusalOf(client.unary(refreshSession, { refreshToken }));
        assert.equal(reason, "TOKEN_INVALID", refreshToken);
      }
    });

    test("after a rotation the new key signs, and tokens of the old one count until they end", async () => {
      using operator = operatorClient(server);
      const { keyId } = await operator.unary(rotateSigningKey, {});
      const newer = await register(client, "after-rotation");
      assert.equal(decodeToken(newer.token).header.kid, keyId);
      assert.equal((await client.unary(getUser, me, newer)).user?.id, newer.id);
      assert.equal((await client.unary(getUser, me, { token: await forge() })).user?.id, person.id);
    });
  });
}
