import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, describe, test } from "node:test";
import { makeCertificate } from "../support/certificates.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { callWeb, type WebAnswer, ways } from "../support/web.ts";

const MONTH_S = 30 * 24 * 60 * 60;
const ATTRIBUTES = "Path=/; Max-Age=(\\d+); Secure; HttpOnly; SameSite=Strict";
const GUEST = { guest: { displayName: "Ada" } };
const ASKED = { "x-confab-refresh": "cookie" };

interface Tokens {
  readonly accessToken?: string;
  readonly refreshToken?: string;
  readonly code?: string;
  readonly message?: string;
}

for (const runtime of runtimes) {
  describe(`the refresh token's cookie on ${runtime}`, async () => {
    const folder = temporaryFolder();
    after(() => rmSync(folder, { recursive: true }));
    const { cert, key } = makeCertificate(folder, "chat.example.com");
    const tls = { CONFAB_TLS_CERT: cert, CONFAB_TLS_KEY: key };
    const { server: plain } = await forSuite(startServerProcess({ runtime }));
    const { server: secure } = await forSuite(
      startServerProcess({ runtime, env: { ...tls, CONFAB_GUESTS: "true" } }),
    );

    for (const way of ways) {
      const { webPort } = way === "http" ? plain : secure;
      const host = way === "http" ? `localhost:${webPort}` : `chat.example.com:${webPort}`;
      const own = { host, origin: `${way === "http" ? "http" : "https"}://${host}` };
      const name = `__Host-confab-refresh-${webPort}`;
      const ask = (method: string, request: object, headers: Record<string, string> = {}) =>
        callWeb(webPort, `AuthService/${method}`, request, {
          way,
          headers: { ...own, ...ASKED, ...headers },
        });

      test(`over ${way}, it is set, used, rotated and cleared, and no answer has the token`, async () => {
        const signedIn = await ask("CreateSession", GUEST);
        const first = cookieOf(signedIn, name);
        assert.equal(first.maxAgeS, MONTH_S);
        assert.equal(tokensOf(signedIn).refreshToken ?? "", "");

        const refreshed = await ask("RefreshSession", {}, { cookie: `other=1; ${name}=${first.value}; z=2` });
        const second = cookieOf(refreshed, name);
        assert.notEqual(second.value, first.value);
        assert.equal(tokensOf(refreshed).refreshToken ?? "", "");
        const authorization = `Bearer ${tokensOf(refreshed).accessToken}`;

        const signedOut = await ask("DeleteSession", {}, { authorization });
        assert.equal(signedOut.status, 200);
        assert.deepEqual(cookieOf(signedOut, name), { value: "", maxAgeS: 0 });

        const late = await ask("RefreshSession", {}, { cookie: `${name}=${second.value}` });
        assert.equal(late.status, 401);
        assert.deepEqual(cookieOf(late, name), { value: "", maxAgeS: 0 });
      });

      test(`over ${way}, it is cleared when a stolen copy has ended the session`, async () => {
        const { value: first } = cookieOf(await ask("CreateSession", GUEST), name);
        const { value: second } = cookieOf(
          await ask("RefreshSession", {}, { cookie: `${name}=${first}` }),
          name,
        );
        await ask("RefreshSession", {}, { cookie: `${name}=${second}` });
        for (const stolen of [first, second]) {
          const reused = await ask("RefreshSession", {}, { cookie: `${name}=${stolen}` });
          assert.equal(reused.status, 401);
          assert.deepEqual(cookieOf(reused, name), { value: "", maxAgeS: 0 });
        }
      });

      test(`over ${way}, without it there is nothing to refresh, and the cookie of another port is not it`, async () => {
        const { value } = cookieOf(await ask("CreateSession", GUEST), name);
        for (const cookie of ["", `__Host-confab-refresh-1=${value}`, `x${name}=${value}`, name]) {
          const { status, body } = await ask("RefreshSession", {}, { cookie });
          assert.equal(status, 401, cookie);
          assert.doesNotMatch(body.toString(), new RegExp(value));
        }
      });

      test(`over ${way}, signing out another device keeps it`, async () => {
        const other = JSON.parse((await ask("CreateSession", GUEST)).body.toString());
        const { accessToken, session } = other;
        const authorization = `Bearer ${accessToken}`;
        const ended = await ask("DeleteSession", { sessionId: session.id }, { authorization });
        assert.equal(ended.status, 200);
        assert.equal(ended.headers["set-cookie"], undefined);
      });

      test(`over ${way}, pages of other sites, and programs, get the token as they always have`, async () => {
        const senders: readonly Record<string, string>[] = [
          { "sec-fetch-site": "same-origin", "x-confab-refresh": "" },
          { host: "localhost", origin: "" },
          { host: "localhost", "sec-fetch-site": "none", origin: "" },
        ];
        for (const { "x-confab-refresh": asked = "cookie", ...headers } of senders) {
          const sent = Object.fromEntries(
            Object.entries({ ...headers, ...(asked && ASKED) }).filter(([, value]) => value !== ""),
          );
          const answer = await callWeb(webPort, "AuthService/CreateSession", GUEST, { way, headers: sent });
          assert.equal(answer.status, 200);
          assert.equal(answer.headers["set-cookie"], undefined, JSON.stringify(sent));
          assert.match(tokensOf(answer).refreshToken ?? "", /^\S{20,}$/);
        }
      });

      test(`over ${way}, a token in the request is used before the cookie, and moves into it`, async () => {
        const signedIn = await callWeb(webPort, "AuthService/CreateSession", GUEST, { way, headers: own });
        const { refreshToken } = tokensOf(signedIn);
        const refreshed = await ask("RefreshSession", { refreshToken }, { cookie: `${name}=nonsense` });
        assert.equal(refreshed.status, 200);
        assert.notEqual(cookieOf(refreshed, name).value, "");
      });

      test(`over ${way}, any other value of the header is refused`, async () => {
        const { status, headers, body } = await ask("CreateSession", GUEST, { "x-confab-refresh": "yes" });
        assert.equal(status, 400);
        assert.match(body.toString(), /the header `x-confab-refresh` must be `cookie`/);
        assert.equal(headers["set-cookie"], undefined);
      });
    }

    test("a page behind a proxy that ends TLS has it, with the port of the page", async () => {
      const env = { CONFAB_CORS_ORIGINS: "https://chat.example.com" };
      await using server = await startServerProcess({ runtime, env });
      for (const headers of [
        { host: "chat.example.com", origin: "https://chat.example.com" },
        { host: "127.0.0.1:8080", origin: "https://chat.example.com", "sec-fetch-site": "same-origin" },
      ]) {
        const answer = await callWeb(server.webPort, "AuthService/CreateSession", GUEST, {
          headers: { ...headers, ...ASKED },
        });
        assert.notEqual(cookieOf(answer, "__Host-confab-refresh-443").value, "");
      }
    });

    test("a listed page of another site gets the token itself, as the browser would not keep its cookie", async () => {
      const env = { CONFAB_CORS_ORIGINS: "https://app.example.com" };
      await using server = await startServerProcess({ runtime, env });
      const origin = { origin: "https://app.example.com", "sec-fetch-site": "cross-site" };
      const answer = await callWeb(server.webPort, "AuthService/CreateSession", GUEST, {
        headers: { ...origin, ...ASKED },
      });
      assert.equal(answer.headers["set-cookie"], undefined);
      assert.notEqual(tokensOf(answer).refreshToken ?? "", "");
    });

    test("without TLS, a page of this server that is not on this machine gets the token itself", async () => {
      const host = `192.0.2.7:${plain.webPort}`;
      const answer = await callWeb(plain.webPort, "AuthService/CreateSession", GUEST, {
        headers: { host, origin: `http://${host}`, ...ASKED },
      });
      assert.equal(answer.headers["set-cookie"], undefined);
      assert.notEqual(tokensOf(answer).refreshToken ?? "", "");
    });
  });
}

/** Reads the cookie that an answer sets, which must have all that keeps it safe. */
function cookieOf(
  { headers }: WebAnswer,
  name: string,
): { readonly value: string; readonly maxAgeS: number } {
  const cookies = headers["set-cookie"] ?? [];
  assert.equal(cookies.length, 1, JSON.stringify(cookies));
  const [, value = "", maxAge] = new RegExp(`^${name}=(\\S*); ${ATTRIBUTES}$`).exec(cookies[0] ?? "") ?? [];
  assert.ok(maxAge, cookies.join());
  return { value, maxAgeS: Number(maxAge) };
}

function tokensOf({ body }: WebAnswer): Tokens {
  return JSON.parse(body.toString()) as Tokens;
}
