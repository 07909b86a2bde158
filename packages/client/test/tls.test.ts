import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect, UnavailableError } from "@confab/client";
import { ServerProcess } from "./support/server-process.ts";

/** Starts a server with a certificate for these names, and passes its port and the certificate on. */
async function withCertificate(
  names: string,
  use: (port: string, ca: string) => Promise<void>,
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
    await using server = new ServerProcess({ CONFAB_TLS_CERT: cert, CONFAB_TLS_KEY: key });
    await server.start();
    await use(server.address.split(":")[1] ?? "", readFileSync(cert, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("TLS reaches an IP address if the certificate names it, and not if it names another", async () => {
  await withCertificate("IP:127.0.0.1", async (port, ca) => {
    await using chat = await connect(`127.0.0.1:${port}`, { guest: "Ada", tls: { ca } });
    assert.equal(chat.me.displayName, "Ada");
    await assert.rejects(connect(`localhost:${port}`, { guest: "Ada", tls: { ca } }), UnavailableError);
  });
  await withCertificate("DNS:localhost,IP:127.0.0.2", async (port, ca) => {
    await assert.rejects(connect(`127.0.0.1:${port}`, { guest: "Ada", tls: { ca } }), UnavailableError);
  });
});

test("TLS is spoken where it is asked for, with a certificate that is trusted and no other", async () => {
  await withCertificate("DNS:localhost", async (port, ca) => {
    const address = `localhost:${port}`;
    await using chat = await connect(address, { guest: "Ada", tls: { ca } });
    const room = await chat.rooms.open("Lobby");
    assert.equal((await room.send("hello")).seq, 1);
    await assert.rejects(connect(address, { guest: "Ada", tls: true }), UnavailableError);
    await assert.rejects(connect(address, { guest: "Ada", tls: false }), UnavailableError);
    await assert.rejects(connect(address, { guest: "Ada" }), UnavailableError);
  });
});
