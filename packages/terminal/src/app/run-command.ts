import type { CommandName } from "../commands/commands.ts";
import type { ChatContext, Handler } from "./chat-context.ts";
import { messageCommands } from "./message-commands.ts";
import { moderationCommands } from "./moderation-commands.ts";
import { panelCommands } from "./panel-commands.ts";
import { peopleCommands } from "./people-commands.ts";
import { quit, unlessUnsent } from "./quit.ts";
import { reactionCommands } from "./reaction-commands.ts";
import { roomCommands } from "./room-commands.ts";
import { youCommands } from "./you-commands.ts";

const handlers = {
  ...panelCommands,
  ...roomCommands,
  ...messageCommands,
  ...reactionCommands,
  ...peopleCommands,
  ...moderationCommands,
  ...youCommands,
  numbers: async ({ ui }) => {
    ui.patch({ showsNumbers: !ui.get().showsNumbers });
    return undefined;
  },
  signout: (context) => unlessUnsent(context, "/signout", () => context.signOut()),
  quit: (context) => quit(context),
} as const satisfies Readonly<Record<CommandName, Handler>>;

export function runCommand(
  context: ChatContext,
  name: CommandName,
  argument: string,
): Promise<string | undefined> {
  return handlers[name](context, argument);
}
