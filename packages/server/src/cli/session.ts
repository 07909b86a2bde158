import { v1 } from "@confab/protocol";
import type { Command } from "commander";
import { findUser, nameOf } from "./find-user.ts";
import { type OperatorOptions, openOperator } from "./operator-client.ts";
import { addOperatorCommand, reporting } from "./operator-command.ts";
import { listAll, PAGE_SIZE } from "./pages.ts";
import { printJson, printLine, printTable, printTime } from "./print.ts";

const { listSessions, deleteSession } = v1.AuthService.method;

const columns = {
  ID: (session: v1.Session) => session.id,
  CREATED: (session: v1.Session) => printTime(session.createTime),
  "LAST USED": (session: v1.Session) => printTime(session.lastUsedTime),
  EXPIRES: (session: v1.Session) => printTime(session.expireTime),
  DEVICE: (session: v1.Session) => session.deviceName,
};

/** Adds `confab session …`: the places where users are signed in. */
export function addSessionCommands(program: Command): void {
  const session = program.command("session").description("List and end users' sessions.");

  addOperatorCommand(session, {
    usage: "list <name>",
    description: "List where a user is signed in.",
    example: "confab session list ada",
  })
    .option("--json", "one JSON object a line")
    .action(reporting(printSessions));

  addOperatorCommand(session, {
    usage: "revoke <name> [session-id]",
    description: "End one session of a user, or all of them. Their open streams end at once.",
    example: "confab session revoke ada",
  }).action(reporting(revokeSessions));
}

async function printSessions(name: string, options: OperatorOptions & { json?: true }): Promise<void> {
  await using operator = await openOperator(options);
  const user = await findUser(operator, name);
  const sessions = listAll(async (pageToken) => {
    const page = await operator.call(listSessions, { userId: user.id, pageToken, pageSize: PAGE_SIZE });
    return { rows: page.sessions, nextPageToken: page.nextPageToken };
  });
  if (options.json) await printJson(v1.SessionSchema, sessions);
  else await printTable(sessions, columns, `${nameOf(user)} has no sessions`);
}

async function revokeSessions(
  name: string,
  sessionId: string | undefined,
  options: OperatorOptions,
): Promise<void> {
  await using operator = await openOperator(options);
  const user = await findUser(operator, name);
  const which = sessionId === undefined ? { all: true } : { sessionId };
  const { deletedCount } = await operator.call(deleteSession, { userId: user.id, ...which });
  await printLine(`${deletedCount} ${deletedCount === 1 ? "session" : "sessions"} of ${nameOf(user)} ended`);
}
