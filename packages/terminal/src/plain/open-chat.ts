import { type Chat, type Credential, connect } from "@confab/client";
import { connectOptions, givenCredential } from "../connect-options.ts";
import { connectWords } from "../error-words.ts";
import type { AccountOptions, Console } from "../options.ts";
import { PASSWORD_VARIABLE, UsageError } from "../settings.ts";

/** Connects without a screen. @throws UsageError when no account is given, or the sign-in is refused */
export async function openChat(
  options: AccountOptions,
  console: Console,
  signal: AbortSignal,
): Promise<Chat> {
  const credential = await credentialFor(options, console, signal);
  try {
    return await connect(options.address, { ...credential, ...connectOptions(options, signal) });
  } catch (error) {
    signal.throwIfAborted();
    throw new UsageError(connectWords(error, options.address), { cause: error });
  }
}

async function credentialFor(
  options: AccountOptions,
  console: Console,
  signal: AbortSignal,
): Promise<Credential> {
  const given = givenCredential(options, console);
  if (given) return given;
  const { user } = options;
  if (user === undefined) {
    throw new UsageError(
      `say who you are: --guest NAME, or --user HANDLE and the password in ${PASSWORD_VARIABLE}`,
    );
  }
  if (!console.stdin.isTTY) {
    throw new UsageError(`nobody can be asked for a password here: set ${PASSWORD_VARIABLE}`);
  }
  const { askPassword } = await import("./ask-password.ts");
  return { handle: user, password: await askPassword(user, console, signal) };
}
