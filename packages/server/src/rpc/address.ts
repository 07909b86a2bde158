/** The peer's IP address; `local` for a socket of this machine's file system. */
export function addressOf(call: { getPeer(): string }): string {
  const peer = call.getPeer();
  const portStart = peer.lastIndexOf(":");
  return portStart === -1 ? "local" : peer.slice(0, portStart);
}
