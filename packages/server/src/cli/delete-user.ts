import { v1 } from "@confab/protocol";
import { askYesOrNo, requireTerminal } from "./ask.ts";
import { findUser, nameOf } from "./find-user.ts";
import { type OperatorOptions, openOperator } from "./operator-client.ts";
import { printLine, printNote } from "./print.ts";

interface DeleteOptions extends OperatorOptions {
  readonly eraseMessages?: true;
  readonly yes?: true;
}

/** Erases a user, after showing what will be deleted and asking for confirmation. */
export async function deleteUser(name: string, options: DeleteOptions): Promise<void> {
  const { dataDir, eraseMessages = false } = options;
  if (!options.yes) requireTerminal();
  const { user, erased } = await count(name, { dataDir, eraseMessages });
  printNote(`Erasing ${nameOf(user)} erases these rows for good:`);
  for (const [table, rows] of Object.entries(erased)) printNote(`  ${table.padEnd(16)}${rows}`);
  if (!eraseMessages) printNote("Their messages stay; --erase-messages erases those too.");
  if (!options.yes && !(await askYesOrNo(`Erase ${nameOf(user)}?`))) {
    printNote("nothing was changed");
    return;
  }
  await using operator = await openOperator({ dataDir });
  await operator.call(v1.UserService.method.deleteUser, { userId: user.id, eraseMessages });
  await printLine(`${nameOf(user)} is erased`);
}

/** Counts what would be deleted. Releases the data folder before anyone is asked. */
async function count(
  name: string,
  { dataDir, eraseMessages }: OperatorOptions & { eraseMessages: boolean },
): Promise<{ user: v1.User; erased: Record<string, bigint> }> {
  await using operator = await openOperator({ dataDir });
  const user = await findUser(operator, name);
  const request = { userId: user.id, eraseMessages, validateOnly: true };
  const { erased } = await operator.call(v1.UserService.method.deleteUser, request);
  return { user, erased };
}
