import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect, UnavailableError } from "@confab/client";
import { ServerProcess } from "./support/server-process.ts";

test("TLS is spoken where it is asked for, with a certificate that is trusted and no other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "confab-client-test-"));
  try {
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const files = ["-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", ...curve, "-nodes", "-days", "2", ...name, ...files], {
      stdio: "ignore",
    });
    await using server = new ServerProcess({ CONFAB_TLS_CERT: cert, CONFAB_TLS_KEY: key });
    await server.start();
    const address = server.address.replace("127.0.0.1", "localhost");
    await using chat = await connect(address, { guest: "Ada", tls: { ca: readFileSync(cert, "utf8") } });
    const room = await chat.rooms.open("Lobby");
    assert.equal((await room.send("hello")).seq, 1);
    await assert.rejects(connect(address, { guest: "Ada", tls: true }), UnavailableError);
    await assert.rejects(connect(address, { guest: "Ada", tls: false }), UnavailableError);
    await assert.rejects(connect(address, { guest: "Ada" }), UnavailableError);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
