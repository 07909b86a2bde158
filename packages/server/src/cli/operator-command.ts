import type { Command } from "commander";
import { ConfigError } from "../config-error.ts";
import { CommandError } from "./command-error.ts";
import { printable, printNote } from "./print.ts";
import { settingOption } from "./setting-option.ts";

const FAILED = 1;

/** Adds a command that works on a data folder. `usage` is its name and arguments, `example` a whole line. */
export function addOperatorCommand(
  parent: Command,
  { usage, description, example }: { usage: string; description: string; example: string },
): Command {
  const command = parent
    .command(usage)
    .description(description)
    .addHelpText("after", `\nExample:\n  $ ${example}\n`);
  const path = [parent.parent?.name(), parent.name(), command.name()].filter(Boolean).join(" ");
  return command
    .addOption(settingOption("dataDir", "the server's data folder"))
    .showHelpAfterError(`(\`${path} --help\` says how it is used)`);
}

/** Wraps a command's action: prints a CommandError as `confab: message (REASON)` and sets the exit code to 1. */
export function reporting<Args extends readonly unknown[]>(
  run: (...args: Args) => Promise<void>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    // A reader such as `head` may close the pipe early. The write that fails reports it.
    process.stdout.on("error", () => {});
    try {
      await run(...args);
    } catch (error) {
      process.exitCode = FAILED;
      report(error);
    }
  };
}

function report(error: unknown): void {
  if (error instanceof ConfigError) {
    printNote(`confab: these settings are wrong:\n${error.message}`);
  } else if (error instanceof CommandError) {
    const reason = error.reason === null ? "" : ` (${error.reason})`;
    printNote(`confab: ${printable(error.message)}${reason}`);
  } else if (!isBrokenPipe(error)) {
    throw error;
  }
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}
