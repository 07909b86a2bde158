import { Command } from "commander";
import { type SettingName, type SettingValues, settings } from "../settings.ts";
import { version } from "../version.ts";
import { addAuditCommand } from "./audit.ts";
import { addChatCommands } from "./chat.ts";
import { addKeyCommands } from "./key.ts";
import { addSessionCommands } from "./session.ts";
import { settingOption } from "./setting-option.ts";
import { addSigningKeyCommands } from "./signing-key.ts";
import { addUserCommands } from "./user.ts";

/** The `confab` command. */
export function createProgram(): Command {
  const program = new Command("confab")
    .description("A chat service and a user service that any gRPC client can speak.")
    .version(version)
    .configureOutput({ outputError: (text, write) => write(`confab: ${withoutValues(text)}`) })
    .configureHelp({ subcommandTerm: toTerm })
    .showHelpAfterError("(`confab --help` says what there is)")
    .addHelpText(
      "after",
      "\nAll below `tail` are for whoever may read the data folder, whether a server runs on it or not.\n",
    );
  addServeCommand(program);
  addChatCommands(program);
  addUserCommands(program);
  addSessionCommands(program);
  addKeyCommands(program);
  addSigningKeyCommands(program);
  addAuditCommand(program);
  return program;
}

function addServeCommand(program: Command): void {
  const command = program
    .command("serve")
    .description("Run the service until SIGTERM or SIGINT.")
    .addHelpText(
      "after",
      "\nEach option can be set in the environment too, under the name in brackets; the option wins.\n",
    );
  for (const name of Object.keys(settings)) command.addOption(settingOption(name as SettingName));
  command.action(async (flags: SettingValues) => {
    // The service takes longer to load than all the rest, and no other command needs it.
    const { serve } = await import("../main.ts");
    await serve(flags);
  });
}

/** Commander's words for a wrong use, without what was given too much: it may be a password. */
function withoutValues(text: string): string {
  return text
    .replace(/^error: /, "")
    .replace(/(too many arguments .* but got \d+): .*/s, "$1.\n")
    .replace(/(unknown option '[^=']+)=.*/s, "$1'\n");
}

/** A command in the list of commands: its name and arguments. That it has options goes without saying. */
function toTerm(command: Command): string {
  const names = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...names].join(" ");
}
