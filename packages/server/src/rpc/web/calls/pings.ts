/** A connection that has streams is asked this often if it lives, as on the gRPC port. */
const PING_MS = 30_000;
const ANSWER_MS = 10_000;

/** The part of an HTTP/2 connection that its pings need. */
export interface PingedSession {
  ping(answered: (error: Error | null) => void): boolean;
  destroy(): void;
  once(event: "close", listener: () => void): unknown;
}

const pinged = new WeakSet<PingedSession>();

/** Pings a connection until it closes, and closes it if a ping is not answered: its client has vanished. */
export function pingSession(session: PingedSession): void {
  if (pinged.has(session)) return;
  pinged.add(session);
  let late: NodeJS.Timeout | undefined;
  const timer = setInterval(() => {
    late = setTimeout(() => session.destroy(), ANSWER_MS).unref();
    session.ping(() => clearTimeout(late));
  }, PING_MS).unref();
  session.once("close", () => {
    clearInterval(timer);
    clearTimeout(late);
  });
}
