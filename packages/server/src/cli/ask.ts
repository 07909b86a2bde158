import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandError } from "./command-error.ts";
import { printable } from "./print.ts";

/** Longer than any allowed password. */
const MAX_LINE_BYTES = 4_096;
const LINE_FEED = 0x0a;

/**
 * Reads a new password. On a terminal it asks twice, without echo; otherwise it takes the first line of standard input.
 *
 * @throws CommandError when there is no password, or the two differ
 */
export async function askNewPassword(whose: string): Promise<string> {
  if (!process.stdin.isTTY) return readFirstLine();
  const questions = [`New password for ${printable(whose)}: `, "The same again: "];
  const [password, again] = await askOnTerminal(questions, { isHidden: true });
  if (password === undefined || password !== again) {
    throw new CommandError("the two passwords differ: nothing was changed");
  }
  return password;
}

/** @throws CommandError when standard input is not a terminal, so that only `--yes` can answer */
export function requireTerminal(): void {
  if (process.stdin.isTTY) return;
  throw new CommandError("standard input is not a terminal, so nobody can be asked: give --yes");
}

/** Asks on the terminal. @throws CommandError when there is no answer */
export async function askYesOrNo(question: string): Promise<boolean> {
  const [answer = ""] = await askOnTerminal([`${question} [y/N] `], { isHidden: false });
  return /^y(es)?$/i.test(answer.trim());
}

/** Reads one line for each question. Restores the terminal when it returns, throws, or a signal ends it. */
async function askOnTerminal(
  questions: readonly string[],
  { isHidden }: { isHidden: boolean },
): Promise<readonly string[]> {
  // With `terminal` set, readline echoes the input instead of the terminal; this output discards it. Ctrl-C closes it.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output, terminal: isHidden, historySize: 0 });
  const close = (): void => terminal.close();
  const signals = ["SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, close);
  try {
    const lines = terminal[Symbol.asyncIterator]();
    const answers: string[] = [];
    for (const question of questions) {
      process.stderr.write(question);
      const { value, done } = await lines.next();
      if (isHidden || done) process.stderr.write("\n");
      if (done) throw new CommandError("broken off: nothing was changed");
      answers.push(value);
    }
    return answers;
  } finally {
    for (const signal of signals) process.off(signal, close);
    close();
  }
}

async function readFirstLine(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk as Buffer);
    const end = bytes.indexOf(LINE_FEED);
    parts.push(end === -1 ? bytes : bytes.subarray(0, end));
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    if (size > MAX_LINE_BYTES) throw new CommandError("the first line of standard input is too long");
    if (end !== -1) break;
  }
  const line = toText(Buffer.concat(parts)).replace(/\r$/, "");
  if (line === "") throw new CommandError("there is no password on the first line of standard input");
  return line;
}

function toText(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CommandError("the password on standard input is not UTF-8", { cause });
  }
}
