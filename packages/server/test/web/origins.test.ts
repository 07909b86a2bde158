import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cors } from "@connectrpc/connect";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { askWeb, callWeb } from "../support/web.ts";

const LISTED = "https://app.example.com";
const FOREIGN = "https://evil.example";
const PATH = "/confab.v1.AuthService/GetServerInfo";

for (const runtime of runtimes) {
  describe(`pages of other sites on ${runtime}`, async () => {
    const env = {
      CONFAB_CORS_ORIGINS: `${LISTED}, https://Chat.example.com:443, capacitor://localhost`,
      CONFAB_LIMIT_CALLS: "1/3600",
      CONFAB_RATE_LIMITS: "true",
    };
    const { server: limited } = await forSuite(startServerProcess({ runtime, env }));
    const { server } = await forSuite(
      startServerProcess({ runtime, env: { CONFAB_CORS_ORIGINS: env.CONFAB_CORS_ORIGINS } }),
    );
    const { server: closed } = await forSuite(startServerProcess({ runtime }));

    test("that are listed may send calls, and their preflights are no calls", async () => {
      for (let count = 0; count < 5; count++) {
        const { status, headers } = await preflight(limited.webPort, LISTED);
        assert.equal(status, 204);
        assert.equal(headers["access-control-allow-origin"], LISTED);
        assert.equal(headers["access-control-max-age"], "7200");
        assert.equal(headers["access-control-allow-credentials"], undefined);
        assert.equal(headers.vary, "origin");
        assert.deepEqual(listOf(headers["access-control-allow-methods"]), [...cors.allowedMethods].sort());
        const allowed = listOf(headers["access-control-allow-headers"]);
        for (const name of [...cors.allowedHeaders, "authorization", "x-confab-act-as"]) {
          assert.ok(allowed.includes(name.toLowerCase()), name);
        }
      }
      assert.equal((await callWeb(limited.webPort, "AuthService/GetServerInfo", {})).status, 200);
      assert.equal((await callWeb(limited.webPort, "AuthService/GetServerInfo", {})).status, 429);
    });

    test("that are listed may read answers and refusals", async () => {
      for (const origin of [LISTED, "https://chat.example.com", "capacitor://localhost"]) {
        const crossSite = { origin, "sec-fetch-site": "cross-site" };
        for (const method of ["GetServerInfo", "ListSessions", "Nothing"]) {
          const { status, headers } = await callWeb(
            server.webPort,
            `AuthService/${method}`,
            {},
            { headers: crossSite },
          );
          assert.notEqual(status, 403, method);
          assert.equal(headers["access-control-allow-origin"], origin);
          assert.equal(headers.vary, "origin");
          const exposed = listOf(headers["access-control-expose-headers"]);
          for (const name of [
            ...cors.exposedHeaders,
            "x-request-id",
            "grpc-retry-pushback-ms",
            "retry-after",
          ]) {
            assert.ok(exposed.includes(name.toLowerCase()), name);
          }
        }
      }
    });

    test("that are not listed are told nothing by a preflight", async () => {
      const others = [
        FOREIGN,
        "http://app.example.com",
        `${LISTED}:8443`,
        `${LISTED}.evil.example`,
        "null",
        "",
      ];
      for (const port of [server.webPort, closed.webPort]) {
        for (const origin of [...others, ...(port === closed.webPort ? [LISTED] : [])]) {
          const { status, headers } = await preflight(port, origin);
          assert.equal(status, 204);
          assert.equal(headers.vary, "origin");
          const told = Object.keys(headers).filter((name) => name.startsWith("access-control"));
          assert.deepEqual(told, [], origin);
        }
      }
    });

    test("that are not listed can't send a call, even one that a browser sends without a preflight", async () => {
      const types = [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
      ];
      const senders = [
        { origin: FOREIGN, "sec-fetch-site": "cross-site" },
        { origin: FOREIGN },
        { origin: "null" },
        { origin: "http://localhost:1" },
        { "sec-fetch-site": "same-site" },
        { "sec-fetch-site": "cross-site" },
      ];
      for (const type of types) {
        for (const sender of senders) {
          const headers: Record<string, string> = { ...sender, "content-type": type };
          const guest = { guest: { displayName: "Mallory" } };
          const {
            status,
            headers: answered,
            body,
          } = await callWeb(server.webPort, "AuthService/CreateSession", guest, {
            headers,
          });
          assert.equal(status, 403, JSON.stringify(headers));
          assert.match(body.toString(), /CONFAB_CORS_ORIGINS/);
          assert.equal(answered["access-control-allow-origin"], undefined);
        }
      }
    });

    test("a body of a kind that needs no preflight is no call, whoever sends it", async () => {
      for (const type of [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "",
      ]) {
        const { status } = await callWeb(
          server.webPort,
          "AuthService/GetServerInfo",
          {},
          {
            headers: { "content-type": type },
          },
        );
        assert.equal(status, 415, type);
      }
    });

    test("the server's own page, and programs that are no browser, need not be listed", async () => {
      const host = `localhost:${closed.webPort}`;
      const senders = [
        {},
        { origin: `http://${host}` },
        { origin: `http://${host}`, "sec-fetch-site": "same-origin" },
        { "sec-fetch-site": "none" },
        { host: "192.0.2.7:8080", origin: "http://192.0.2.7:8080" },
      ];
      for (const headers of senders) {
        const { status } = await callWeb(closed.webPort, "AuthService/GetServerInfo", {}, { headers });
        assert.equal(status, 200, JSON.stringify(headers));
      }
    });

    test("a call without side effects is answered, and a page of another site can't read it", async () => {
      const query = `${PATH}?encoding=json&message=%7B%7D`;
      const { status, headers } = await askWeb(server.webPort, query, { headers: { origin: FOREIGN } });
      assert.equal(status, 200);
      assert.equal(headers["access-control-allow-origin"], undefined);
      assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    });
  });

  describe(`names of the HTTP port on ${runtime}`, async () => {
    const listed = { CONFAB_CORS_ORIGINS: "https://chat.example.com", CONFAB_LOG_LEVEL: "debug" };
    const { server } = await forSuite(startServerProcess({ runtime, env: listed }));

    test("that DNS can point here for a while are refused, whatever is asked", async () => {
      const names = [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "a@b",
      ];
      for (const host of names) {
        for (const path of ["/", "/rooms/general", PATH]) {
          const { status, body } = await askWeb(server.webPort, path, { headers: { host } });
          assert.equal(status, 421, `${host} ${path}`);
          assert.match(body.toString(), /^".*" is not a known name of this server: .*CONFAB_CORS_ORIGINS/);
        }
        const headers = { host, origin: `http://${host}` };
        const sent = await callWeb(server.webPort, "AuthService/GetServerInfo", {}, { headers });
        assert.equal(sent.status, 421);
      }
      assert.match(server.log(), /"path":"\/rooms\/general","code":421,"msg":"request refused"/);
    });

    test("may be any for programs, which send no origin", async () => {
      const headers = { host: "confab:8080" };
      const sent = await callWeb(server.webPort, "AuthService/GetServerInfo", {}, { headers });
      assert.equal(sent.status, 200);
    });

    test("that name this machine, addresses, and the hosts of listed origins are answered", async () => {
      const { webPort } = server;
      const names = [
        `localhost:${webPort}`,
        "LOCALHOST",
        "chat.localhost",
        `127.0.0.1:${webPort}`,
        "[::1]:8080",
        "192.0.2.7",
        "chat.example.com",
        "chat.example.com:8443",
      ];
      for (const host of names) {
        assert.equal((await askWeb(webPort, "/", { headers: { host } })).status, 200, host);
        const called = await callWeb(webPort, "AuthService/GetServerInfo", {}, { headers: { host } });
        assert.equal(called.status, 200, host);
      }
    });

    test("don't matter to the checks of a load balancer", async () => {
      for (const path of ["/healthz", "/readyz"]) {
        assert.equal((await askWeb(server.webPort, path, { headers: { host: "10-0-0-1.pod" } })).status, 200);
      }
    });
  });
}

function preflight(port: number, origin: string) {
  return askWeb(port, PATH, {
    method: "OPTIONS",
    headers: {
      ...{ origin, "access-control-request-method": "POST", "sec-fetch-site": "cross-site" },
      "access-control-request-headers": "authorization,content-type",
    },
  });
}

function listOf(value: unknown): readonly string[] {
  return String(value)
    .split(", ")
    .map((item) => item.trim())
    .sort();
}
