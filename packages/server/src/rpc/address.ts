import { BlockList, isIPv6 } from "node:net";
import { type Network, parseAddress } from "../domain/addresses.ts";
import type { IncomingCall } from "./incoming-call.ts";

/** The addresses that a proxy has seen before it, the nearest last. */
export const FORWARDED_HEADER = "x-forwarded-for";

const WITH_PORT = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/;

/** The part of a call that says where it comes from. */
type ForwardedCall = Pick<IncomingCall, "metadata" | "getPeer">;

/** Decides the IP address that a call comes from; `unknown` once its connection has gone. */
export type AddressOf = (call: ForwardedCall) => string;

/**
 * Makes the only function that decides it. The peer decides, unless it is a trusted proxy: then the last address in
 * `x-forwarded-for` that is no trusted proxy itself. All before that may be made up.
 */
export function createAddressOf(trustedProxies: readonly Network[]): AddressOf {
  if (trustedProxies.length === 0) return peerOf;
  const trusted = new BlockList();
  for (const { address, prefixBits } of trustedProxies) {
    trusted.addSubnet(address, prefixBits, familyOf(address));
  }
  return (call) => {
    let address = peerOf(call);
    const hops = call.metadata.get(FORWARDED_HEADER).join(",").split(",");
    while (trusted.check(address, familyOf(address))) {
      const hop = parseHop(hops.pop() ?? "");
      // A trusted proxy that forwards something else has made the call itself, or can't tell where it comes from.
      if (hop === null) break;
      address = hop;
    }
    return address;
  };
}

function peerOf(call: ForwardedCall): string {
  const peer = call.getPeer();
  return parseAddress(peer.slice(0, Math.max(0, peer.lastIndexOf(":")))) ?? "unknown";
}

/** Returns an address of the header, which some proxies write with a port; null when it is none. */
function parseHop(text: string): string | null {
  const hop = text.trim();
  const [, bracketed, plain] = WITH_PORT.exec(hop) ?? [];
  return parseAddress(bracketed ?? plain ?? hop);
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
