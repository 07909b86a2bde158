import { v1 } from "@confab/protocol";
import { type Command, InvalidArgumentError } from "commander";
import { findUser, nameOf } from "./find-user.ts";
import { type Operator, type OperatorOptions, openOperator } from "./operator-client.ts";
import { addOperatorCommand, reporting } from "./operator-command.ts";
import { listAll, PAGE_SIZE } from "./pages.ts";
import { type Columns, printJson, printTable, printTime } from "./print.ts";

const DEFAULT_LIMIT = 100;
/** All entries are held in memory before the oldest is printed. */
const MAX_LIMIT = 100_000;

/** The operator has no account. No user's name can contain brackets. */
const OPERATOR_ID = "operator";
const OPERATOR = "(operator)";

interface AuditOptions extends OperatorOptions {
  readonly user?: string;
  readonly limit: number;
  readonly json?: true;
}

/** Adds `confab audit`: prints who did what to whom, from where and when. */
export function addAuditCommand(program: Command): void {
  addOperatorCommand(program, {
    usage: "audit",
    description: "Print who did what, from where and when; the newest last.",
    example: "confab audit --user ada --limit 20",
  })
    .option("--user <name>", "only what this user did, or was done to them")
    .option("--limit <n>", "how many of the newest entries", parseLimit, DEFAULT_LIMIT)
    .option("--json", "one JSON object a line, with ids in place of names")
    .action(reporting(printAudit));
}

async function printAudit(options: AuditOptions): Promise<void> {
  await using operator = await openOperator(options);
  const userId = options.user === undefined ? "" : (await findUser(operator, options.user)).id;
  const entries = (await readNewest(operator, userId, options.limit)).reverse();
  if (options.json) await printJson(v1.AuditEntrySchema, inOrder(entries));
  else
    await printTable(inOrder(entries), toColumns(await readNames(operator, entries)), "there are no entries");
}

function toColumns(names: ReadonlyMap<string, string>): Columns<v1.AuditEntry> {
  const nameFor = (id: string): string => names.get(id) ?? (id || "-");
  return {
    TIME: (entry: v1.AuditEntry) => printTime(entry.createTime),
    ACTION: (entry: v1.AuditEntry) => entry.action,
    BY: ({ actorId, serviceId }: v1.AuditEntry) =>
      serviceId === "" ? nameFor(actorId) : `${nameFor(actorId)} via ${nameFor(serviceId)}`,
    FROM: (entry: v1.AuditEntry) => entry.address,
    ON: (entry: v1.AuditEntry) => nameFor(entry.targetId),
    DETAIL: (entry: v1.AuditEntry) => entry.detail,
  };
}

async function readNewest(operator: Operator, userId: string, limit: number): Promise<v1.AuditEntry[]> {
  const pageSize = Math.min(limit, PAGE_SIZE);
  const newestFirst = listAll(async (pageToken) => {
    const request = { userId, pageToken, pageSize };
    const page = await operator.call(v1.AdminService.method.listAuditEntries, request);
    return { rows: page.entries, nextPageToken: page.nextPageToken };
  });
  const entries: v1.AuditEntry[] = [];
  for await (const entry of newestFirst) {
    entries.push(entry);
    if (entries.length === limit) break;
  }
  return entries;
}

/** Looks up the names of the users in these entries. Sessions and keys have ids but no names. */
async function readNames(
  operator: Operator,
  entries: readonly v1.AuditEntry[],
): Promise<Map<string, string>> {
  const names = new Map([[OPERATOR_ID, OPERATOR]]);
  const ids = new Set(entries.flatMap(({ actorId, serviceId, targetId }) => [actorId, serviceId, targetId]));
  const unknown = [...ids].filter((id) => id !== "" && id !== OPERATOR_ID);
  for (let start = 0; start < unknown.length; start += PAGE_SIZE) {
    const userIds = unknown.slice(start, start + PAGE_SIZE);
    const { users } = await operator.call(v1.UserService.method.batchGetUsers, { userIds });
    for (const user of users) names.set(user.id, nameOf(user));
  }
  return names;
}

async function* inOrder<Row>(rows: readonly Row[]): AsyncIterable<Row> {
  yield* rows;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`Give a number from 1 to ${MAX_LIMIT}.`);
}
