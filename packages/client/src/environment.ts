import type { StreamSlots } from "./connection/stream-slots.ts";
import type { SessionShare } from "./sessions/session-share.ts";

/** The parts of the surrounding program that the client uses. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** At least 0 and less than 1. */
  readonly random: () => number;
  /** Default: the network says nothing. */
  readonly network?: NetworkSigns | undefined;
  /** Default: a stream may always be open. */
  readonly streamSlots?: StreamSlots | undefined;
  /** Default: no other program uses the session. */
  readonly sessionShare?: SessionShare | undefined;
}

/** Says what is known of the network. */
export interface NetworkSigns {
  /**
   * Calls the listener with `gone` when there is no network, so that the stream is over, and with `back` when a new attempt is worth
   * it. @returns a function that unsubscribes
   */
  subscribe(listener: (sign: "back" | "gone") => void): () => void;
}

/** The system's clock and `Math.random`. */
export const realEnvironment: Environment = { nowMs: Date.now, random: Math.random };
