import { meanings, type Outcome } from "./answers.ts";
import { expectedTable, expectedWhereClosed, openServices } from "./expected.ts";
import { expectedActing } from "./expected-users.ts";
import { roomTable } from "./rooms/expected.ts";
import { deletedRoom, type RoomRow, standings } from "./rooms/rows.ts";
import { callers, type Row } from "./rows.ts";

/** The command that regenerates `docs/access.md`. */
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
    `${openServices.map((name) => `\`${name}\``).join(", ")} are open to anyone: they reveal nothing about users.`,
    "### With closed registration",
    "With `CONFAB_REGISTRATION=closed` both contracts answer:",
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

Every RPC has a rule that says who may call it (\`packages/server/src/rpc/access.ts\`). A server does not start if it
serves an RPC without a rule. The rule is applied before the request is read, to unary calls and streams alike. A caller
who passes it may still be refused because of the object: another user's profile, for example.

- **Tokens.** Send a token as \`authorization: Bearer <token>\` metadata. \`CreateSession\` returns an access token for
  5 minutes and a refresh token to get the next one; the simple contract's \`Login\` returns one for 12 hours. A
  token that has expired, or is not from this server, is refused even if the call needs no token: nobody becomes a
  guest unnoticed. Only the RPCs that anyone may call ignore such a token, because callers need them to sign in and
  get another.
- **Guests.** If \`CONFAB_GUESTS\` is true, the simple contract's ChatService needs no token, and \`CreateSession\`
  gives a guest a session. A guest has a profile, but no name that others could look up, and does not see the
  directory. If it is false, calls without a token get SIGN_IN_REQUIRED and guests GUESTS_NOT_ALLOWED.
- **Roles.** An account belongs to a guest, a user, a moderator, an administrator or a service. Moderators suspend and
  reinstate guests and users. Administrators manage every account. Nobody can suspend themselves or change their own role,
  and guests and services keep their role. A role can have an end; then its holder is a user again.
- **Service keys.** The host application's back end calls with a key as its token, and has its own account. It
  may change, suspend and delete guests, users and moderators, but not administrators or other services, and it
  manages no roles, sessions, passwords or keys.
- **Suspension.** It ends all sessions of the account at once: their streams end with SUSPENDED, and the next call gets
  SESSION_REVOKED. Signing in with the right password or token gets SUSPENDED, and with a wrong password the same answer
  as for any other account. A service key of a suspended account gets SUSPENDED. A suspension may have an end.
- **The operator.** Anyone who can open the socket in the data folder runs the server, and may call everything there.`;

const columns = `Each row is an RPC on one object:

- the caller's **own** account, session, key or room (a room that the caller owns)
- **another's**: a user's, unless the row says otherwise; another's **private** or **public** room is one that a user
  owns and the caller is not in
- **missing**: there is no such object
- **–**: the call has no object but the caller

The columns are the callers: without a token (*anonymous*); with an access token that has *expired*; with a *guest*'s
session; as a *user*, a *moderator* or an administrator (*admin*); with a *service* key; with the token of a user
who was *suspended* after signing in. Guests may sign in and registration is open, as by default on loopback. "yes" is
OK; the other answers are the reasons in \`google.rpc.ErrorInfo\`, explained at the end.`;

const acting = `A service key may call as a guest, a user or a moderator, with their id in \`x-confab-act-as\` metadata. It then gets
the answers that they would get, and the audit trail names both. There is one difference: signing out of "this" session
finds none, because the call has a key instead. These accounts may be named:`;

const roomColumns = `The columns are the caller's standing in the room: the session of a guest outside it (*guest session*); a user outside
it (*outsider*); *invited*; a *member*; a member who is *muted*; a *moderator* of it; an *owner*; *banned* from it; and users
outside it who are a moderator of the server (*system moderator*), an administrator (*admin*) or a *service*. The
rooms are groups, **public** (open to all, or entered by knocking or by invitation) or **private**; or **direct**: in
those nobody is invited and all are equals, hence the "–".

The answers are those of \`packages/server/src/domain/access/access-rules.ts\` and \`members/rules.ts\`; [rooms.md](rooms.md) explains
the rules. Also:

- Without a token, with an expired one and after a suspension, the answers are those of the matrix above, whatever the
  room, even for its owner.
- A hidden private or direct room gets the same answer as an id that does not exist, to the byte, from every RPC and on
  every stream.
- A deleted room has one answer for every call: the last table's.
- A command on Connect gets the answer of the unary call. Connect and Subscribe themselves are open to all of them; their
  answer here is about a room with a cursor in \`Hello\`.`;

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
