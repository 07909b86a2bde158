import { v1 } from "@confab/protocol";
import type { Command } from "commander";
import { type OperatorOptions, openOperator } from "./operator-client.ts";
import { addOperatorCommand, reporting } from "./operator-command.ts";
import { printLine } from "./print.ts";

/** Adds `confab signing-key …`: the keys that sign access tokens. */
export function addSigningKeyCommands(program: Command): void {
  const signingKey = program.command("signing-key").description("Replace the key that signs access tokens.");

  addOperatorCommand(signingKey, {
    usage: "rotate",
    description: "Sign with a new key from now on. Tokens that are out stay valid until they end.",
    example: "confab signing-key rotate",
  }).action(reporting(rotate));
}

async function rotate(options: OperatorOptions): Promise<void> {
  await using operator = await openOperator(options);
  const { keyId } = await operator.call(v1.AdminService.method.rotateSigningKey, {});
  await printLine(`new tokens are signed with the key ${keyId}`);
}
