import type { ConnectOptions, Credential } from "@confab/client";
import type { AccountOptions, Console } from "./options.ts";
import { PASSWORD_VARIABLE } from "./settings.ts";

const CLIENT_NAME = "confab-terminal";
/** Shorter than the SDK's: someone is looking at the screen and waits. */
const MAX_RECONNECT_DELAY_MS = 8_000;

/** How every command of the terminal client connects. */
export function connectOptions({ tls }: AccountOptions, signal: AbortSignal): ConnectOptions {
  return {
    clientName: CLIENT_NAME,
    deviceName: "terminal",
    reconnect: { maxDelayMs: MAX_RECONNECT_DELAY_MS },
    signal,
    ...(tls !== undefined && { tls }),
  };
}

/** Who one is, as far as flags and environment say it; null where it must be asked. */
export function givenCredential(
  { guest, user }: AccountOptions,
  { env }: Pick<Console, "env">,
): Credential | null {
  if (guest !== undefined) return { guest };
  const password = env[PASSWORD_VARIABLE];
  return user !== undefined && password ? { handle: user, password } : null;
}
