import type { Command } from "commander";
import { addAuditCommand } from "./audit.ts";
import { addKeyCommands } from "./key.ts";
import { addSessionCommands } from "./session.ts";
import { addSigningKeyCommands } from "./signing-key.ts";
import { addUserCommands } from "./user.ts";

/** Adds every command that works on a data folder. */
export function addOperatorCommands(program: Command): void {
  addUserCommands(program);
  addSessionCommands(program);
  addKeyCommands(program);
  addSigningKeyCommands(program);
  addAuditCommand(program);
}
