import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Console } from "../options.ts";
import { UsageError } from "../settings.ts";
import { sanitizeLine } from "../text/sanitize.ts";

/** Asks for a password on the terminal, without echo. @throws UsageError when none is given */
export async function askPassword(
  user: string,
  { stdin, stderr }: Console,
  signal: AbortSignal,
): Promise<string> {
  // With `terminal` set, readline echoes the input instead of the terminal; this output discards it. Ctrl-C closes it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0, signal });
  try {
    stderr.write(`Password for ${sanitizeLine(user)}: `);
    const { value, done } = await line[Symbol.asyncIterator]().next();
    stderr.write("\n");
    if (done || value === "") throw new UsageError("no password was given");
    return value;
  } finally {
    line.close();
  }
}
