import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { type ChannelCredentials, type ChannelOptions, credentials } from "@grpc/grpc-js";
import type { ConnectOptions } from "../options.ts";

/** TLS or plain text, for grpc-js's client. */
export interface Security {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** A name that no server has (RFC 2606). */
const NO_NAME = "ip-address.invalid";

/** Makes the credentials for a host, and the options that go with them. */
export function securityFor(host: string, tls: NonNullable<ConnectOptions["tls"]>): Security {
  if (tls === false) return { credentials: credentials.createInsecure(), options: {} };
  const ca = tls === true || tls.ca === undefined ? null : Buffer.from(tls.ca);
  if (isIP(host) === 0) return { credentials: credentials.createSsl(ca), options: {} };
  // grpc-js names the host in the handshake, and the runtimes refuse an address there (RFC 6066, section 3). So another
  // name is sent, and the certificate is checked against the address: https://github.com/grpc/grpc-node/issues/1919
  return {
    credentials: credentials.createSsl(ca, null, null, {
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    }),
    options: { "grpc.ssl_target_name_override": NO_NAME },
  };
}
