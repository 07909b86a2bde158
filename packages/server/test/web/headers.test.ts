import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, describe, test } from "node:test";
import { makeCertificate } from "../support/certificates.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { askWeb, callWeb, type WebAnswer, ways } from "../support/web.ts";

const everywhere = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

for (const runtime of runtimes) {
  describe(`the security headers of the HTTP port on ${runtime}`, async () => {
    const folder = temporaryFolder();
    after(() => rmSync(folder, { recursive: true }));
    const { cert, key } = makeCertificate(folder, "chat.example.com");
    const tls = { CONFAB_TLS_CERT: cert, CONFAB_TLS_KEY: key };
    const { server: plain } = await forSuite(startServerProcess({ runtime }));
    const { server: secure } = await forSuite(startServerProcess({ runtime, env: tls }));

    for (const way of ways) {
      const { webPort } = way === "http" ? plain : secure;

      test(`over ${way}, every answer has them: checks, calls, refusals`, async () => {
        const answers: Readonly<Record<string, Promise<WebAnswer>>> = {
          health: askWeb(webPort, "/healthz", { way }),
          "404": askWeb(webPort, "/assets/nothing.js", { way }),
          "405": askWeb(webPort, "/healthz", { way, method: "POST" }),
          call: callWeb(webPort, "AuthService/GetServerInfo", {}, { way }),
          refused: callWeb(webPort, "ChatService/SendMessage", { roomId: "lobby" }, { way }),
          malformed: callWeb(webPort, "AuthService/CreateSession", { no: "field" }, { way }),
          unknown: callWeb(webPort, "AuthService/Nothing", {}, { way }),
          stream: callWeb(
            webPort,
            "ChatService/Subscribe",
            {},
            {
              way,
              headers: { "content-type": "application/connect+json", "connect-timeout-ms": "1" },
            },
          ),
        };
        for (const [name, answer] of Object.entries(answers)) {
          const { headers } = await answer;
          for (const [header, value] of Object.entries(everywhere)) {
            assert.equal(headers[header], value, `${name}: ${header}`);
          }
          assert.match(String(headers["permissions-policy"]), /(^|, )camera=\(\)(, |$)/, name);
          assert.equal(headers["strict-transport-security"], undefined, name);
        }
      });
    }

    test("with TLS, and only there, a browser shall come back with TLS; to localhost it may come without", async () => {
      const hosts = { "chat.example.com": true, "localhost:8443": false, "app.localhost": false };
      for (const [host, isStrict] of Object.entries(hosts)) {
        for (const way of ["https", "http2"] as const) {
          const { headers } = await askWeb(secure.webPort, "/healthz", { way, headers: { host } });
          const expected = isStrict ? "max-age=31536000; includeSubDomains" : undefined;
          assert.equal(headers["strict-transport-security"], expected, `${host} over ${way}`);
        }
        const { headers } = await askWeb(plain.webPort, "/healthz", { headers: { host } });
        assert.equal(headers["strict-transport-security"], undefined, host);
      }
    });
  });
}
