import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate for this machine that nobody has signed. Disposing of it removes its files. */
export interface TestCertificate extends Disposable {
  /** The settings of a server that uses it. */
  readonly settings: { readonly tlsCert: string; readonly tlsKey: string };
}

export function makeCertificate(): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), "confab-client-test-"));
  const [tlsCert, tlsKey] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const name = ["-subj", "/CN=confab", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const files = ["-keyout", tlsKey, "-out", tlsCert];
  execFileSync("openssl", ["req", "-x509", ...curve, "-nodes", "-days", "2", ...name, ...files], {
    stdio: "ignore",
  });
  return {
    settings: { tlsCert, tlsKey },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
