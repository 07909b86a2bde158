import { readFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import { DEFAULT_ADDRESS, numberSettings, PASSWORD_VARIABLE, UsageError } from "@confab/terminal/settings";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CommandError } from "./command-error.ts";
import { reporting } from "./operator-command.ts";

interface AccountFlags {
  readonly address?: string;
  readonly guest?: string;
  readonly user?: string;
  readonly tls: boolean;
  readonly ca?: string;
}
type ChatFlags = AccountFlags &
  Readonly<Record<keyof typeof numberSettings, number>> & {
    readonly room?: string;
    readonly alerts: boolean;
    readonly mouse: boolean;
  };
type TailFlags = AccountFlags & { readonly json?: true; readonly history: number };

const MAX_TAIL = 10_000;
const FAILED = 1;

/** Adds `confab chat`, `send` and `tail`. The terminal client is loaded only when one of them runs. */
export function addChatCommands(program: Command): void {
  addAccountOptions(program.command("chat [address]"))
    .description("Chat in the terminal. Asks who you are, unless a flag says it.")
    .option("--room <name>", "the room to begin with (default: the one with the newest message)")
    .addOption(numberOption("nameWidth", "--name-width", "columns for names"))
    .addOption(numberOption("frameWidth", "--frame-width", "the most columns of the frame"))
    .addOption(numberOption("padding", "--padding", "blank columns within the frame"))
    .addOption(numberOption("historyLength", "--history-length", "messages that a room begins with"))
    .option("--no-alerts", "no bell and no window title for mentions and direct messages")
    .option("--no-mouse", "leave the mouse to the terminal: its wheel does not scroll the messages")
    .addHelpText(
      "after",
      "\nExample:\n  $ confab chat --guest Ada --room lobby\n\n/help lists what can be typed there.\n",
    )
    .action(reporting(chat));

  addAccountOptions(program.command("send <room> [text] [address]"))
    .description(
      "Send one message and wait until it is stored. Without a text it is read from standard input.",
    )
    .addHelpText("after", "\nExample:\n  $ make 2>&1 | tail -20 | confab send builds --user ci\n")
    .action(reporting(send));

  addAccountOptions(program.command("tail <room> [address]"))
    .description("Print each new message of a room until Ctrl-C.")
    .option("--json", "one JSON object a line")
    .addOption(
      new Option("--history <messages>", "number of earlier messages to print first")
        .default(0)
        .argParser(toNumber({ min: 0, max: MAX_TAIL })),
    )
    .addHelpText("after", "\nExample:\n  $ confab tail general --guest logger --json\n")
    .action(reporting(tail));
}

async function chat(address: string | undefined, flags: ChatFlags): Promise<void> {
  const { room, nameWidth, frameWidth, padding, historyLength, alerts, mouse } = flags;
  const account = accountOf(address, flags);
  await untilStopped(async (terminal, signal) => {
    const look = { nameWidth, frameWidth, padding };
    const options = { ...account, room, look, historyLength, hasAlerts: alerts, hasMouse: mouse };
    await terminal.runChat(options, process, signal);
  });
}

async function send(
  room: string,
  text: string | undefined,
  ...[address, flags]: [string | undefined, AccountFlags]
): Promise<void> {
  const account = accountOf(address, flags);
  const message = text ?? (await readAll(process.stdin)).replace(/\r?\n$/, "");
  await untilStopped(async (terminal, signal) => {
    await terminal.runSend({ ...account, room, text: message }, process, signal);
  });
}

async function tail(room: string, address: string | undefined, flags: TailFlags): Promise<void> {
  const { json = false, history } = flags;
  const options = { ...accountOf(address, flags), room, isJson: json, historyLength: history };
  await untilStopped(async (terminal, signal) => {
    await terminal.runTail(options, process, signal);
  });
}

type TerminalClient = typeof import("@confab/terminal");

/**
 * Runs a part of the terminal client. A signal or a bug stops it first, so that it restores the terminal before the bug
 * is reported.
 */
async function untilStopped(
  run: (terminal: TerminalClient, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  // React's development build is slower and records every draw.
  process.env.NODE_ENV ??= "production";
  const stop = new AbortController();
  const bugs: unknown[] = [];
  const onBug = (error: unknown): void => {
    bugs.push(error);
    stop.abort();
  };
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(name, () => {
      stop.abort();
      process.once(name, () => process.exit(FAILED));
    });
  }
  process.on("uncaughtException", onBug).on("unhandledRejection", onBug);
  try {
    await run(await import("@confab/terminal"), stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw toCommandError(error);
  } finally {
    process.off("uncaughtException", onBug).off("unhandledRejection", onBug);
  }
  if (bugs.length > 0) throw bugs[0];
}

function toCommandError(error: unknown): unknown {
  if (!(error instanceof UsageError)) return error;
  const { cause } = error;
  const reason =
    cause instanceof Error && "reason" in cause && typeof cause.reason === "string" ? cause.reason : "";
  return new CommandError(error.message, { cause: error, ...(reason !== "" && { reason }) });
}

/** @throws CommandError when two addresses are given, or the certificate can't be read */
function accountOf(argument: string | undefined, { address, guest, user, tls, ca }: AccountFlags) {
  if (argument !== undefined && address !== undefined && argument !== address) {
    throw new CommandError("two addresses are given: leave one out, or --address");
  }
  return {
    address: argument ?? address ?? DEFAULT_ADDRESS,
    guest,
    user,
    tls: ca === undefined ? (tls ? undefined : false) : { ca: readCertificate(ca) },
  };
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CommandError(`the certificate ${path} can't be read: ${String(cause)}`, { cause });
  }
}

function addAccountOptions(command: Command): Command {
  return command
    .option("--address <host:port>", `the server, also as the last argument (default: ${DEFAULT_ADDRESS})`)
    .addOption(new Option("--guest <name>", "come in under this name, without an account").conflicts("user"))
    .option("--user <handle>", `sign in; the password is in ${PASSWORD_VARIABLE}, or asked for`)
    .option("--no-tls", "don't speak TLS (default: TLS unless the server is on this machine)")
    .option("--ca <file>", "speak TLS, and trust this certificate or authority (PEM)")
    .showHelpAfterError(`(\`confab ${command.name()} --help\` says how it is used)`);
}

function numberOption(name: keyof typeof numberSettings, flag: string, words: string): Option {
  const { min, max, fallback } = numberSettings[name];
  return new Option(`${flag} <n>`, `${words}, ${min} to ${max}`)
    .default(fallback)
    .argParser(toNumber({ min, max }));
}

function toNumber({ min, max }: { min: number; max: number }): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Give a number, ${min} to ${max}.`);
  };
}
