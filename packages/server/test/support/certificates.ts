import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Makes a certificate for a name, and its key, in files of a folder. */
export function makeCertificate(folder: string, name: string): { cert: string; key: string } {
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  const options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(" ");
  const names = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  execFileSync("openssl", [...options, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { cert, key };
}
