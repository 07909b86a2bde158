import { Command } from "commander";
import { type SettingName, type SettingValues, settings } from "../settings.ts";
import { version } from "../version.ts";
import { addChatCommands } from "./chat.ts";
import { settingOption } from "./setting-option.ts";

/** Commands that don't wait until those of the operator are loaded. */
const withoutOperator: ReadonlySet<string | undefined> = new Set([
  "serve",
  "chat",
  "send",
  "tail",
  "--version",
]);

/** Runs the `confab` command with the arguments of a process. Sets the exit code. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const program = createProgram();
  if (!withoutOperator.has(argv[2])) {
    const { addOperatorCommands } = await import("./operator-commands.ts");
    addOperatorCommands(program);
  }
  await program.parseAsync(argv);
}

function createProgram(): Command {
  const program = new Command("confab")
    .description("A chat service and a user service that any gRPC client can speak.")
    .version(version)
    .configureOutput({ outputError: (text, write) => write(`confab: ${withoutValues(text)}`) })
    .configureHelp({ subcommandTerm: toTerm })
    .showHelpAfterError("(`confab --help` lists the commands)")
    .hook("preAction", silenceGrpc)
    .addHelpText(
      "after",
      "\nThe commands below `tail` are for the operator: they need access to the data folder, with or without a running server.\n",
    );
  addServeCommand(program);
  addChatCommands(program);
  return program;
}

/** Keeps what a server sends from the terminal: grpc-js prints headers that are no metadata, with all their bytes. */
async function silenceGrpc(): Promise<void> {
  const { logVerbosity, setLogVerbosity } = await import("@grpc/grpc-js");
  setLogVerbosity(logVerbosity.NONE);
}

function addServeCommand(program: Command): void {
  const command = program
    .command("serve")
    .description("Run the service until SIGTERM or SIGINT.")
    .showHelpAfterError("(`confab serve --help` lists the settings)")
    .addHelpText(
      "after",
      "\nEach option can be set in the environment too, under the name in brackets; the option wins.\n",
    );
  for (const name of Object.keys(settings)) command.addOption(settingOption(name as SettingName));
  command.action(async (flags: SettingValues) => {
    // The service takes longer to load than everything else, and no other command needs it.
    const { serve } = await import("../main.ts");
    await serve(flags);
  });
}

/** Removes the values from commander's usage errors: one of them may be a password. */
function withoutValues(text: string): string {
  return text
    .replace(/^error: /, "")
    .replace(/(too many arguments .* but got \d+): .*/s, "$1.\n")
    .replace(/(unknown option '[^=']+)=.*/s, "$1'\n");
}

/** Formats a command in the list of commands: its name and arguments, without `[options]`. */
function toTerm(command: Command): string {
  const names = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...names].join(" ");
}
