import { DEFAULT_ADDRESS } from "@confab/terminal/settings";
import type { Config } from "./config.ts";
import { joinHostPort } from "./domain/addresses.ts";

/** Addresses that mean all of this machine's, with the one that a client here can use. */
const loopbackOf: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/**
 * Returns the words for a person who has just started a server on a terminal: the command that chats with it. Null with
 * TLS, because a client then needs the name and authority of its certificate.
 */
export function nextStep(
  { host, grpcPort, guests, tls }: Pick<Config, "host" | "grpcPort" | "guests" | "tls">,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (tls) return null;
  const address = joinHostPort(loopbackOf[host] ?? host, grpcPort);
  const words = [
    commandName(env),
    "chat",
    ...(address === DEFAULT_ADDRESS ? [] : [address]),
    ...(guests ? ["--guest Ada"] : []),
  ];
  return `\nChat in another terminal: ${words.join(" ")}\nCtrl-C stops the server.\n`;
}

/** Returns the command as it can be typed again: npm says in the environment how this process was started. */
function commandName(env: Readonly<Record<string, string | undefined>>): string {
  if (env.npm_command === "exec") return "npx @confab/server";
  return env.npm_lifecycle_event === undefined ? "confab" : "npx confab";
}
