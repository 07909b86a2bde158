import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { Argument, type Command, Option } from "commander";
import { askNewPassword } from "./ask.ts";
import { deleteUser } from "./delete-user.ts";
import { findUser, nameOf, required, roleOf, stateOf } from "./find-user.ts";
import { type OperatorOptions, openOperator } from "./operator-client.ts";
import { addOperatorCommand, reporting } from "./operator-command.ts";
import { listAll, PAGE_SIZE } from "./pages.ts";
import { printJson, printLine, printTable, printTime } from "./print.ts";
import { parseTime } from "./time.ts";

const { createUser, listUsers, updateUserAccess } = v1.UserService.method;
const { resetPassword } = v1.AdminService.method;

const roles = {
  user: v1.SystemRole.USER,
  moderator: v1.SystemRole.MODERATOR,
  admin: v1.SystemRole.ADMIN,
} as const;
type Role = keyof typeof roles;

const columns = {
  NAME: nameOf,
  ROLE: roleOf,
  STATE: stateOf,
  CREATED: (user: v1.User) => printTime(user.createTime),
  ID: (user: v1.User) => user.id,
  "DISPLAY NAME": (user: v1.User) => user.displayName,
};

/** Adds `confab user …`: the users of the service, with their roles. */
export function addUserCommands(program: Command): void {
  const user = program.command("user").description("Make, list, suspend, promote and delete users.");

  addOperatorCommand(user, {
    usage: "add <name>",
    description: "Make a user. Asks for the password, or reads it as one line of standard input.",
    example: "confab user add ada --admin",
  })
    .addOption(new Option("--admin", "may do everything on this server").conflicts("moderator"))
    .option("--moderator", "may suspend users")
    .option("--display-name <text>", "what others see beside the name")
    .action(reporting(addUser));

  addOperatorCommand(user, {
    usage: "list",
    description: "List the users who have a name, in its order.",
    example: "confab user list --query ad",
  })
    .option("--query <text>", "only those whose name or display name begins with this")
    .option("--json", "one JSON object a line")
    .action(reporting(printUsers));

  addOperatorCommand(user, {
    usage: "suspend <name>",
    description: "Turn a user away: their sessions end at once, and they can't sign in.",
    example: 'confab user suspend bob --until 2030-01-31T12:00Z --reason "spam"',
  })
    .option("--until <time>", "when it ends by itself, in ISO 8601; default: never", parseTime)
    .option("--reason <text>", "kept in the audit trail")
    .action(reporting(suspendUser));

  addOperatorCommand(user, {
    usage: "reinstate <name>",
    description: "End a user's suspension.",
    example: "confab user reinstate bob",
  }).action(reporting(reinstateUser));

  addOperatorCommand(user, {
    usage: "role <name>",
    description: "Change what a user may do on the whole server.",
    example: "confab user role ada admin",
  })
    .addArgument(new Argument("<role>").choices(Object.keys(roles)))
    .action(reporting(changeRole));

  addOperatorCommand(user, {
    usage: "reset-password <name>",
    description: "Give a user another password and end their sessions. Asks for it as `add` does.",
    example: "confab user reset-password ada",
  }).action(reporting(changePassword));

  addOperatorCommand(user, {
    usage: "delete <name>",
    description: "Erase a user for good. Says first what would go, and asks.",
    example: "confab user delete bob --erase-messages",
  })
    .option("--erase-messages", "erase the texts of their messages too")
    .option("--yes", "do not ask")
    .action(reporting(deleteUser));
}

interface AddOptions extends OperatorOptions {
  readonly admin?: true;
  readonly moderator?: true;
  readonly displayName?: string;
}

async function addUser(name: string, { dataDir, ...options }: AddOptions): Promise<void> {
  const password = await askNewPassword(name);
  await using operator = await openOperator({ dataDir }, { mayCreate: true });
  const profile = { handle: name, displayName: options.displayName ?? "" };
  const created = required((await operator.call(createUser, { user: profile, password })).user);
  const role = options.admin ? roles.admin : options.moderator ? roles.moderator : roles.user;
  if (role !== created.role) await operator.call(updateUserAccess, { userId: created.id, role });
  await printLine(`${nameOf(created)} is added with the role ${roleOf({ ...created, role })}`);
}

async function printUsers(options: OperatorOptions & { query?: string; json?: true }): Promise<void> {
  await using operator = await openOperator(options);
  const { query = "" } = options;
  const users = listAll(async (pageToken) => {
    const page = await operator.call(listUsers, { query, pageToken, pageSize: PAGE_SIZE });
    return { rows: page.users, nextPageToken: page.nextPageToken };
  });
  if (options.json) await printJson(v1.UserSchema, users);
  else await printTable(users, columns, "no such users");
}

async function suspendUser(
  name: string,
  { dataDir, until, reason = "" }: OperatorOptions & { until?: Date; reason?: string },
): Promise<void> {
  await using operator = await openOperator({ dataDir });
  const user = await findUser(operator, name);
  await operator.call(updateUserAccess, {
    userId: user.id,
    state: v1.UserState.SUSPENDED,
    reason,
    ...(until && { untilTime: timestampFromDate(until) }),
  });
  await printLine(`${nameOf(user)} is suspended until ${until?.toISOString() ?? "further notice"}`);
}

async function reinstateUser(name: string, options: OperatorOptions): Promise<void> {
  await using operator = await openOperator(options);
  const user = await findUser(operator, name);
  await operator.call(updateUserAccess, { userId: user.id, state: v1.UserState.ACTIVE });
  await printLine(`${nameOf(user)} is active`);
}

async function changeRole(name: string, role: Role, options: OperatorOptions): Promise<void> {
  await using operator = await openOperator(options);
  const user = await findUser(operator, name);
  await operator.call(updateUserAccess, { userId: user.id, role: roles[role] });
  await printLine(`${nameOf(user)} has the role ${role}`);
}

async function changePassword(name: string, options: OperatorOptions): Promise<void> {
  const user = await lookUp(name, options);
  const newPassword = await askNewPassword(nameOf(user));
  await using operator = await openOperator(options);
  await operator.call(resetPassword, { userId: user.id, newPassword });
  await printLine(`${nameOf(user)} has another password, and has to sign in again`);
}

/** Finds a user and releases the data folder, before any question is asked. */
async function lookUp(name: string, options: OperatorOptions): Promise<v1.User> {
  await using operator = await openOperator(options);
  // Without `await`, the connection would close before the answer arrives.
  return await findUser(operator, name);
}
