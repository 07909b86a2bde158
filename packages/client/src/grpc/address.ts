import { Code, InvalidArgumentError } from "../errors.ts";

/** A server's address. */
export interface Target {
  /** The target string for grpc-js. */
  readonly target: string;
  /** The name or IP address, without brackets; empty for a socket. */
  readonly host: string;
  /** 0 for a socket. */
  readonly port: number;
  readonly isLoopback: boolean;
}

const HOST_AND_PORT = /^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]@?#]+):(\d{1,5})$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;
const MAX_PORT = 65_535;

/** Parses `host:port`, `[::1]:port` or `unix:/a/path`. @throws InvalidArgumentError `ADDRESS_INVALID` */
export function parseAddress(address: string): Target {
  if (/^unix:.+/.test(address)) return { target: address, host: "", port: 0, isLoopback: true };
  const [, host, port] = HOST_AND_PORT.exec(address) ?? [];
  if (host === undefined || Number(port) === 0 || Number(port) > MAX_PORT) {
    const message = `"${address}" is no address: give a host and a port, for example localhost:50051`;
    throw new InvalidArgumentError({ reason: "ADDRESS_INVALID", code: Code.INVALID_ARGUMENT, message });
  }
  return {
    target: address,
    host: host.replace(/^\[|\]$/g, ""),
    port: Number(port),
    isLoopback: LOOPBACK.test(host),
  };
}
