import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import { after, describe, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { makeCertificate } from "../support/certificates.ts";
import { installWithPage } from "../support/page.ts";
import { runtimes } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { askWeb, type Way, ways } from "../support/web.ts";

const INDEX = '<!doctype html><script type="module" src="/assets/main-a1b2c3d4.js"></script>\n';
const SCRIPT = `document.title = "Confab";\n`.repeat(20);
const SCRIPT_PATH = "/assets/main-a1b2c3d4.js";

for (const runtime of runtimes) {
  describe(`the page on ${runtime}`, async () => {
    const folder = temporaryFolder();
    after(() => rmSync(folder, { recursive: true }));
    const packageFolder = installWithPage(folder, {
      "index.html": INDEX,
      "assets/main-a1b2c3d4.js": SCRIPT,
      "assets/main-0f1e2d3c.css": "body { margin: 0 }\n",
      "favicon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
      "manifest.webmanifest": "{}",
    });
    const { cert, key } = makeCertificate(folder, "localhost");
    const tls = { CONFAB_TLS_CERT: cert, CONFAB_TLS_KEY: key };
    const { server: plain } = await forSuite(startServerProcess({ runtime, packageFolder }));
    const { server: secure } = await forSuite(startServerProcess({ runtime, packageFolder, env: tls }));
    const portOf = (way: Way): number => (way === "http" ? plain : secure).webPort;

    for (const way of ways) {
      const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
        askWeb(portOf(way), path, { way, headers, method });

      test(`over ${way}, it is at every path that is no file, and asked for again each time`, async () => {
        for (const path of ["/", "/index.html", "/rooms/general", "/admin?tab=users", "/r/v1.2", "/assets"]) {
          const { status, headers, body } = await ask(path);
          assert.deepEqual([status, body.toString()], [200, INDEX], path);
          assert.equal(headers["content-type"], "text/html; charset=utf-8");
          assert.equal(headers["cache-control"], "no-cache");
          assert.match(String(headers["content-security-policy"]), /script-src 'self'.*trusted-types 'none'/);
        }
      });

      test(`over ${way}, its assets are kept for ever, and are sent as the browser can read them`, async () => {
        const cases = [
          ["", undefined],
          ["gzip, deflate, br, zstd", "br"],
          ["gzip;q=1.0, br;q=0", "gzip"],
          ["br;q=0.000", undefined],
          ["compress", undefined],
        ] as const;
        for (const [accepted, encoding] of cases) {
          const { status, headers, body } = await ask(SCRIPT_PATH, { "accept-encoding": accepted });
          assert.equal(status, 200);
          assert.equal(headers["content-encoding"], encoding, accepted);
          assert.equal(headers["content-type"], "text/javascript; charset=utf-8");
          assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
          assert.equal(headers.vary, "accept-encoding");
          assert.equal(headers["content-length"], String(body.length));
          assert.equal(decoded(body, encoding), SCRIPT);
        }
      });

      test(`over ${way}, a browser that has a file in the same encoding is told so`, async () => {
        const encodings = { "accept-encoding": "br" };
        const { headers } = await ask(SCRIPT_PATH, encodings);
        const etag = String(headers.etag);
        for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
          const again = await ask(SCRIPT_PATH, { ...encodings, "if-none-match": tag });
          assert.deepEqual([again.status, again.body.length], [304, 0], tag);
          assert.equal(again.headers.etag, etag);
          assert.equal(again.headers["content-encoding"], undefined);
        }
        assert.equal((await ask(SCRIPT_PATH, { "if-none-match": etag })).status, 200);
      });

      test(`over ${way}, HEAD gives the headers alone, and other methods are refused`, async () => {
        const { headers } = await ask(SCRIPT_PATH);
        const head = await ask(SCRIPT_PATH, {}, "HEAD");
        assert.deepEqual([head.status, head.body.length], [200, 0]);
        for (const name of ["content-length", "content-type", "etag", "cache-control"]) {
          assert.equal(head.headers[name], headers[name], name);
        }
        for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
          const refused = await ask("/", {}, method);
          assert.deepEqual([refused.status, refused.headers.allow], [405, "GET, HEAD"], method);
        }
      });

      test(`over ${way}, an asset of another build is not found`, async () => {
        const { status, headers, body } = await ask("/assets/main-00000000.js");
        assert.deepEqual([status, body.toString()], [404, "not found\n"]);
        assert.equal(headers["cache-control"], "no-store");
      });
    }

    test("each kind of file has its type", async () => {
      const types = {
        "/favicon.svg": "image/svg+xml",
        "/manifest.webmanifest": "application/manifest+json",
        "/assets/main-0f1e2d3c.css": "text/css; charset=utf-8",
      };
      for (const [path, type] of Object.entries(types)) {
        assert.equal((await askWeb(plain.webPort, path)).headers["content-type"], type);
      }
    });

    test("no path reaches a file outside of the page", async () => {
      const paths = [
        "/../package.json",
        "/assets/../../package.json",
        "/..%2fpackage.json",
        "/%2e%2e/package.json",
        "/assets/..\\..\\package.json",
        "//etc/passwd",
        "/.%00./package.json",
        "http://localhost/../package.json",
      ];
      for (const path of paths) {
        const answer = await askRaw(plain, path);
        assert.match(answer, /^HTTP\/1\.1 (200|404|400) /, path);
        assert.doesNotMatch(answer, /@confab\/web|root:/, path);
      }
    });
  });
}

function decoded(body: Buffer, encoding: "br" | "gzip" | undefined): string {
  if (encoding === "br") return brotliDecompressSync(body).toString();
  return (encoding === "gzip" ? gunzipSync(body) : body).toString();
}

/** Asks for a path as it is: HTTP libraries would correct it. */
function askRaw({ webPort }: ServerProcess, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(webPort, "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (text) => {
      answer += text;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  });
}
