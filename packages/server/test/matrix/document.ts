import { meanings, type Outcome } from "./answers.ts";
import { expectedTable, expectedWhereClosed, openServices } from "./expected.ts";
import { expectedActing } from "./expected-users.ts";
import { roomTable } from "./rooms/expected.ts";
import { deletedRoom, type RoomRow, standings } from "./rooms/rows.ts";
import { callers, type Row } from "./rows.ts";

/** How `docs/access.md` is made again. */
export const UPDATE_COMMAND =
  "npm run build && CONFAB_TEST_UPDATE=true npx node --test packages/server/dist-test/matrix/document.test.js";

const titles: Readonly<Record<string, string>> = {
  ChatService: "ChatService, simple contract",
  UserService: "UserService, simple contract",
};

/** The whole of `docs/access.md`. */
export function accessDocument(): string {
  const services = Object.entries(expectedTable).map(
    ([service, rows]) => `### ${titles[service] ?? service}\n\n${matrix(rows)}`,
  );
  const rooms = Object.entries(roomTable).map(
    ([service, rows]) => `### ${service}, by room\n\n${roomMatrix(rows)}`,
  );
  return [
    introduction,
    "## The matrix",
    columns,
    ...services,
    `${openServices.map((name) => `\`${name}\``).join(", ")} and reflection are open to anyone: they tell nothing of anybody.`,
    "### Where registration is closed",
    "With `CONFAB_REGISTRATION=closed` this is the answer of both contracts:",
    matrix(expectedWhereClosed.UserService ?? []),
    "## Acting for a user",
    acting,
    matrix(expectedActing),
    "## In a room",
    roomColumns,
    ...rooms,
    "### A deleted room",
    table(["RPC", ...standings], [["any", ...standings.map((standing) => toCell(deletedRoom[standing]))]]),
    "## The answers",
    answers(),
  ]
    .map((part) => `${part}\n`)
    .join("\n");
}

const introduction = `<!-- Made from packages/server/test/matrix/**/expected*.ts. Change those files, then:
${UPDATE_COMMAND} -->

# Who may call what

Every RPC has a rule that says who may call it (\`packages/server/src/rpc/access.ts\`). A server that serves an
RPC without one does not start. The rule is applied before the request is read, to unary calls and streams
alike. Whom it lets in may still be refused because of the object: another user's profile, for example.

- **Tokens.** A call proves who makes it with \`authorization: Bearer <token>\` metadata. \`CreateSession\` gives an
  access token of 5 minutes and a refresh token that gets the next one; the simple contract's \`Login\` gives one
  of 12 hours. A token that has expired, or is none of this server's, is refused even where no token is needed:
  nobody becomes a guest unnoticed. Only the RPCs that anyone may call take it for no token at all, because
  signing in is how one gets another.
- **Guests.** Where \`CONFAB_GUESTS\` is true, the simple contract's ChatService needs no token, and \`CreateSession\`
  gives a guest a session of their own. A guest has a profile, but no name that others could look up, and
  does not see the directory. Where it is false, calls without a token get SIGN_IN_REQUIRED and guests
  GUESTS_NOT_ALLOWED.
- **Roles.** An account is a guest's, a user's, a moderator's, an administrator's or a service's. Moderators
  suspend and reinstate guests and users. Administrators look after every account. Nobody suspends themselves or
  changes their own role, and guests and services stay what they are. A role can be given until a time; then
  its holder is a user again.
- **Service keys.** The host application's back end calls with a key as its token, as an account of its own. It
  may change, suspend and delete guests, users and moderators, but neither administrators nor other services,
  and it manages no roles, sessions, passwords or keys.
- **Suspension.** It ends every session of the account at once, and its streams with them: the next call gets
  SESSION_REVOKED, and signing in gets the same answer as a wrong password. A
  service key whose account is suspended gets SUSPENDED. A suspension may end by itself.
- **The operator.** Whoever can open the socket in the data folder runs the server, and may call everything there.`;

const columns = `Each row is an RPC on one object: the caller's **own** (its account, session or key), **another's** (a user's,
where nothing else is said) or one that is **missing**; **–** where there is no object but the caller. A room of
one's own is one that the caller owns, another's **private** or **public** one a room that a user owns and the caller is
not in. The columns are who calls: without a token (*anonymous*); with an access token that has *expired*; with a *guest*'s
session; as a *user*, a *moderator* or an administrator (*admin*); with a *service* key; with the token of a user
who was *suspended* after signing in. Guests are let in and registration is open, as they are by default on
loopback. "yes" is OK; the other answers are the reasons in \`google.rpc.ErrorInfo\`, explained at the end.`;

const acting = `A service key may call in the name of a guest, a user or a moderator: with their id in \`x-confab-act-as\`
metadata. It is then answered as they would be, and the audit trail names both. Only signing out of "this"
session finds none, because there is a key in its place. Whose account may be named:`;

const roomColumns = `What may be done in a room, by how the caller stands with it: the session of a guest who is not in it
(*guest session*); a user who is not in it (*outsider*), is *invited*, a *member*, a member who is *muted*, a *moderator*
of it, an *owner*, or *banned* from it; and who is not in it, but a moderator of the server (*system moderator*), an
administrator (*admin*) or a *service*. The rooms are groups, **public** (open to all, or entered by knocking or by
invitation), **private**, or **direct**; in those nobody is invited and all are equals, hence the "–".

The answers are those of \`packages/server/src/domain/access-rules.ts\` and \`member-rules.ts\`; [rooms.md](rooms.md) explains
the rules. They hold as well:

- Without a token, with one that has expired, and after a suspension the answers are those of the matrix above, whatever the
  room, also for its owner.
- A private or direct room that the caller may not know of is answered like an id that there is not, to the byte, by every
  RPC and on every stream.
- A deleted room has one answer for every call, the last table's.
- A command on Connect is answered as the unary call is. Connect and Subscribe themselves are open to all of them; the answer
  here is about a room that \`Hello\` has a cursor of.`;

function matrix(rows: readonly Row[]): string {
  return table(
    ["RPC", "object", ...callers],
    rows.map(([call, object, ...outcomes]) => [call, object, ...outcomes.map(toCell)]),
  );
}

function roomMatrix(rows: readonly RoomRow[]): string {
  return table(
    ["RPC", "room", ...standings],
    rows.map(([call, room, ...cells]) => [call, room, ...cells.map((cell) => toCell(cell))]),
  );
}

function answers(): string {
  const rows = Object.entries(meanings).map(([outcome, meaning]) => {
    const [code = ""] = outcome.split(" ");
    return [toCell(outcome as Outcome), code, meaning];
  });
  return table(["answer", "code", "meaning"], rows);
}

function toCell(outcome: Outcome | "–"): string {
  return outcome === "OK" ? "yes" : (outcome.split(" ")[1] ?? outcome);
}

/** A Markdown table whose columns line up in its source too. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
