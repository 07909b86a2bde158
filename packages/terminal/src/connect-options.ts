import type { ConnectOptions, Credential } from "@confab/client";
import type { AccountOptions, Console } from "./options.ts";
import { PASSWORD_VARIABLE } from "./settings.ts";

const CLIENT_NAME = "confab-terminal";
/** Shorter than the SDK's, because a user is watching the screen and waiting. */
const MAX_RECONNECT_DELAY_MS = 8_000;

/** Connection options for every command of the terminal client. */
export function connectOptions({ tls }: AccountOptions, signal: AbortSignal): ConnectOptions {
  return {
    clientName: CLIENT_NAME,
    deviceName: "terminal",
    reconnect: { maxDelayMs: MAX_RECONNECT_DELAY_MS },
    signal,
    ...(tls !== undefined && { tls }),
  };
}

/** Returns the credential from flags and environment; null if the user must be asked. */
export function givenCredential(
  { guest, user }: AccountOptions,
  { env }: Pick<Console, "env">,
): Credential | null {
  if (guest !== undefined) return { guest };
  const password = env[PASSWORD_VARIABLE];
  return user !== undefined && password ? { handle: user, password } : null;
}
