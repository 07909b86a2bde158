import { v1 } from "@confab/protocol";
import type { Command } from "commander";
import { type OperatorOptions, openOperator } from "./operator-client.ts";
import { addOperatorCommand, reporting } from "./operator-command.ts";
import { listAll } from "./pages.ts";
import { printable, printJson, printLine, printNote, printTable, printTime } from "./print.ts";

const { createServiceKey, listServiceKeys, deleteServiceKey } = v1.AdminService.method;

const columns = {
  NAME: (key: v1.ServiceKey) => key.name,
  CREATED: (key: v1.ServiceKey) => printTime(key.createTime),
  ACCOUNT: (key: v1.ServiceKey) => key.userId,
};

/** Adds `confab key …`: the keys with which the host application's back end signs in. */
export function addKeyCommands(program: Command): void {
  const key = program.command("key").description("Make, list and delete the keys of back ends.");

  addOperatorCommand(key, {
    usage: "create <name>",
    description: "Make a key for a back end. It is shown this once, alone on standard output.",
    example: "confab key create backend > backend.key",
  }).action(reporting(createKey));

  addOperatorCommand(key, {
    usage: "list",
    description: "List the keys by name. The keys themselves are not stored.",
    example: "confab key list",
  })
    .option("--json", "one JSON object a line")
    .action(reporting(printKeys));

  addOperatorCommand(key, {
    usage: "delete <name>",
    description: "Delete a key. It stops working at once.",
    example: "confab key delete backend",
  }).action(reporting(deleteKey));
}

async function createKey(name: string, { dataDir }: OperatorOptions): Promise<void> {
  await using operator = await openOperator({ dataDir }, { mayCreate: true });
  const { key } = await operator.call(createServiceKey, { name });
  printNote("This key is shown once. Your back end sends it as metadata: `authorization: Bearer <key>`,");
  printNote("and `x-confab-act-as: <user id>` where it acts for a user.");
  await printLine(key);
}

async function printKeys(options: OperatorOptions & { json?: true }): Promise<void> {
  await using operator = await openOperator(options);
  const keys = listAll(async () => {
    const { serviceKeys } = await operator.call(listServiceKeys, {});
    return { rows: serviceKeys, nextPageToken: "" };
  });
  if (options.json) await printJson(v1.ServiceKeySchema, keys);
  else await printTable(keys, columns, "there are no keys");
}

async function deleteKey(name: string, options: OperatorOptions): Promise<void> {
  await using operator = await openOperator(options);
  await operator.call(deleteServiceKey, { name });
  await printLine(`the key ${printable(name)} is deleted`);
}
