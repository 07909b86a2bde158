import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { type ConnectOptions, connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { ServerProcess } from "./support/server-process.ts";
import { HANG_MS } from "./support/wait.ts";

/** Starts a server with a certificate for these names at an address of this machine, and passes its port and the certificate on. */
async function withCertificate(
  names: string,
  use: (port: string, ca: string) => Promise<void>,
  host = "127.0.0.1",
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "confab-client-test-"));
  try {
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    const name = ["-subj", "/CN=confab", "-addext", `subjectAltName=${names}`];
    const files = ["-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", ...curve, "-nodes", "-days", "2", ...name, ...files], {
      stdio: "ignore",
    });
    await using server = new ServerProcess({
      CONFAB_HOST: host,
      CONFAB_TLS_CERT: cert,
      CONFAB_TLS_KEY: key,
    });
    await server.start();
    await use(server.address.split(":").at(-1) ?? "", readFileSync(cert, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const require = createRequire(import.meta.url);
const programs = { node: process.execPath, bun: require.resolve("bun/bin/bun.exe") };
const client = new URL("../dist/index.js", import.meta.url).href;

/** Connects in a process of its own, and returns "Ada", or the reason and the words of the refusal. */
async function outcome(program: string, address: string, tls: ConnectOptions["tls"]): Promise<string> {
  const options = JSON.stringify({ guest: "Ada", tls });
  const script = `
    import { connect } from ${JSON.stringify(client)};
    const chat = await connect(${JSON.stringify(address)}, ${options}).catch((error) => error);
    if (chat instanceof Error) console.log(chat.name, chat.reason, chat.message);
    else console.log(chat.me.displayName);
    await chat.close?.();`;
  const file = join(mkdtempSync(join(tmpdir(), "confab-client-test-")), "connect.mjs");
  writeFileSync(file, script);
  try {
    return (await promisify(execFile)(program, [file], { timeout: HANG_MS })).stdout.trim();
  } finally {
    rmSync(dirname(file), { recursive: true, force: true });
  }
}

for (const [runtime, program] of Object.entries(programs)) {
  test(`a failure of TLS is told apart, on ${runtime}`, async () => {
    await withCertificate("DNS:localhost,IP:127.0.0.1", async (port, ca) => {
      for (const host of ["localhost", "127.0.0.1"]) {
        assert.equal(await outcome(program, `${host}:${port}`, { ca }), "Ada");
        assert.match(
          await outcome(program, `${host}:${port}`, true),
          /^UnavailableError TLS_UNTRUSTED the certificate of .* is not trusted .*: name the authority's certificate/,
        );
        assert.match(
          await outcome(program, `${host}:${port}`, false),
          /^UnavailableError TLS_REQUIRED .* speaks TLS only: connect with the option tls: true$/,
        );
      }
    });
    await withCertificate("DNS:chat.example.org,IP:127.0.0.2", async (port, ca) => {
      for (const host of ["localhost", "127.0.0.1"]) {
        assert.match(
          await outcome(program, `${host}:${port}`, { ca }),
          /^UnavailableError TLS_NAME_MISMATCH the certificate of .* is for another name: /,
        );
      }
    });
    await using server = await createTestServer();
    assert.match(
      await outcome(program, server.address, true),
      /^UnavailableError TLS_NOT_SPOKEN .* does not speak TLS: connect with the option tls: false$/,
    );
    assert.match(
      await outcome(program, "127.0.0.1:1", false),
      /^UnavailableError CONNECTION_LOST no server answers at 127\.0\.0\.1:1: connect ECONNREFUSED/,
    );
  });

  test(`TLS reaches [::1] if the certificate names it, and not if it names another, on ${runtime}`, async () => {
    await withCertificate(
      "IP:::1",
      async (port, ca) => assert.equal(await outcome(program, `[::1]:${port}`, { ca }), "Ada"),
      "::1",
    );
    await withCertificate(
      "IP:::2",
      async (port, ca) => assert.match(await outcome(program, `[::1]:${port}`, { ca }), /TLS_NAME_MISMATCH/),
      "::1",
    );
  });
}

test("settings of TLS that don't fit are not waited for", async () => {
  await withCertificate("DNS:localhost", async (port) => {
    const waiting = connect(`localhost:${port}`, { guest: "Ada", tls: true, waitForServer: true });
    await assert.rejects(waiting, { name: "UnavailableError", reason: "TLS_UNTRUSTED" });
  });
});
