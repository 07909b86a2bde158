import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { experimental, ServerCredentials } from "@grpc/grpc-js";

type Provider = experimental.CertificateProvider;
type Listener = Parameters<Provider["addIdentityCertificateListener"]>[0];

export interface CertificateFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

interface ReloadableCredentials {
  readonly credentials: ServerCredentials;
  /**
   * Reads the files again. New connections use them.
   *
   * @throws Error that names the problem; the old certificate stays in use
   */
  reload(): void;
}

/** Makes credentials for plaintext: for loopback, or behind a proxy that ends TLS. */
export function plaintextCredentials(): ReloadableCredentials {
  return { credentials: ServerCredentials.createInsecure(), reload() {} };
}

/** Makes TLS credentials from PEM files, which may be renewed while the server runs. @throws Error when they can't be used */
export function tlsCredentials(files: CertificateFiles): ReloadableCredentials {
  let update = read(files);
  const listeners = new Set<Listener>();
  const provider: Provider = {
    addCaCertificateListener() {},
    removeCaCertificateListener() {},
    addIdentityCertificateListener(listener) {
      listeners.add(listener);
      process.nextTick(listener, update);
    },
    removeIdentityCertificateListener: (listener) => void listeners.delete(listener),
  };
  return {
    credentials: experimental.createCertificateProviderServerCredentials(provider, null, false),
    reload() {
      update = read(files);
      for (const listener of listeners) listener(update);
    },
  };
}

function read({ certPath, keyPath }: CertificateFiles): { certificate: Buffer; privateKey: Buffer } {
  try {
    const certificate = readFileSync(certPath);
    const privateKey = readFileSync(keyPath);
    createSecureContext({ cert: certificate, key: privateKey });
    return { certificate, privateKey };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`can't use the certificate ${certPath} with the key ${keyPath}: ${problem}`, {
      cause: error,
    });
  }
}
