/**
 * Who may call what, on which object: what every RPC answers to every kind of caller. It is written by hand,
 * and a decision; the tests hold the server to it, and `docs/access.md` is made from it.
 */
export const callers = [
  "anonymous",
  "expired",
  "guest",
  "user",
  "moderator",
  "admin",
  "service",
  "suspended",
] as const;

export type CallerName = (typeof callers)[number];

/** Whose object an RPC is called on; `–` where it has none but the caller itself. */
export const objects = [
  "–",
  "own",
  "another's",
  "a guest's",
  "a moderator's",
  "an administrator's",
  "a service's",
  "a suspended user's",
  "missing",
] as const;

export type ObjectName = (typeof objects)[number];

/** Every answer of the table, a code with its reason, and what it tells the caller. */
export const meanings = {
  OK: "it is done",
  "UNAUTHENTICATED SIGN_IN_REQUIRED": "the call needs a token",
  "UNAUTHENTICATED TOKEN_EXPIRED": "the access token has expired: refresh the session",
  "UNAUTHENTICATED TOKEN_INVALID": "this is no token of this server, or its session has ended",
  "UNAUTHENTICATED SESSION_REVOKED": "the session has ended: a suspension ends all of an account's",
  "UNAUTHENTICATED CREDENTIALS_WRONG":
    "wrong name, wrong password or an account that may not sign in: one answer for all",
  "PERMISSION_DENIED NOT_PERMITTED": "not for a caller of this role, or not on this object",
  "PERMISSION_DENIED NAME_HELD": "who chats without an account may not take the name of one",
  "PERMISSION_DENIED SUSPENDED": "the account that the call is made for is suspended",
  "PERMISSION_DENIED REGISTRATION_CLOSED": "this server's administrators make its accounts",
  "NOT_FOUND USER_NOT_FOUND": "there is no such user",
  "NOT_FOUND SESSION_NOT_FOUND": "the user has no such session",
  "NOT_FOUND SERVICE_KEY_NOT_FOUND": "there is no such service key",
  "INVALID_ARGUMENT NAME_EMPTY": "who chats without an account gives a name",
  "INVALID_ARGUMENT FIELD_INVALID": "this can't be asked of oneself",
} as const;

export type Outcome = keyof typeof meanings;

/**
 * The call: an RPC, with what is asked of it in parentheses where that makes a difference. Then the object, and
 * what each caller is answered, in the order of `callers`.
 */
export type Row = readonly [
  call: string,
  object: ObjectName,
  anonymous: Outcome,
  expired: Outcome,
  guest: Outcome,
  user: Outcome,
  moderator: Outcome,
  admin: Outcome,
  service: Outcome,
  suspended: Outcome,
];

/** The rows of each service, by its full name. */
export type Table = Readonly<Record<string, readonly Row[]>>;

const ok = "OK";
const signIn = "UNAUTHENTICATED SIGN_IN_REQUIRED";
const expired = "UNAUTHENTICATED TOKEN_EXPIRED";
const noToken = "UNAUTHENTICATED TOKEN_INVALID";
const revoked = "UNAUTHENTICATED SESSION_REVOKED";
const wrong = "UNAUTHENTICATED CREDENTIALS_WRONG";
const denied = "PERMISSION_DENIED NOT_PERMITTED";
const held = "PERMISSION_DENIED NAME_HELD";
const closed = "PERMISSION_DENIED REGISTRATION_CLOSED";
const halted = "PERMISSION_DENIED SUSPENDED";
const noUser = "NOT_FOUND USER_NOT_FOUND";
const noSess = "NOT_FOUND SESSION_NOT_FOUND";
const noKey = "NOT_FOUND SERVICE_KEY_NOT_FOUND";
const unnamed = "INVALID_ARGUMENT NAME_EMPTY";
const invalid = "INVALID_ARGUMENT FIELD_INVALID";

// The object of sending is the name in `user_name`: with a token the account is the sender, whatever it says.
// biome-ignore format: a table
const simpleChat: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["SendMessage",                     "own",                unnamed,  expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["SendMessage",                     "another's",          held,     expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["SendMessage",                     "missing",            ok,       expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["ReceiveMessage",                  "–",                  ok,       expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["Chat",                            "own",                unnamed,  expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["Chat",                            "another's",          held,     expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["Chat",                            "missing",            ok,       expired, ok,      ok,      ok,      ok,      ok,      revoked],
];

// biome-ignore format: a table
const simpleUser: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["CreateUser",                      "–",                  ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["Login",                           "own",                wrong,    ok,      wrong,   ok,      ok,      ok,      wrong,   wrong],
  ["Login",                           "another's",          ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["Login",                           "missing",            wrong,    wrong,   wrong,   wrong,   wrong,   wrong,   wrong,   wrong],
  ["GetUser",                         "own",                signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["GetUser",                         "another's",          signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["GetUser",                         "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  ["GetUsers",                        "–",                  signIn,   expired, denied,  ok,      ok,      ok,      ok,      revoked],
  ["UpdateUser",                      "own",                signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["UpdateUser",                      "another's",          signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["UpdateUser",                      "an administrator's", signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUser",                      "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  ["DeleteUser",                      "own",                signIn,   expired, ok,      ok,      ok,      ok,      denied,  revoked],
  ["DeleteUser",                      "another's",          signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["DeleteUser",                      "an administrator's", signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["DeleteUser",                      "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
];

// Passwords, external tokens and refresh tokens are their own proof: whoever has one may use it. A service key
// is none of them, and no session either.
// biome-ignore format: a table
const auth: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["GetServerInfo",                   "–",                  ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["CreateSession (password)",        "own",                wrong,    ok,      wrong,   ok,      ok,      ok,      wrong,   wrong],
  ["CreateSession (password)",        "another's",          ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["CreateSession (password)",        "missing",            wrong,    wrong,   wrong,   wrong,   wrong,   wrong,   wrong,   wrong],
  ["CreateSession (external token)",  "own",                noToken,  ok,      noToken, ok,      ok,      ok,      noToken, wrong],
  ["CreateSession (external token)",  "another's",          ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["CreateSession (external token)",  "missing",            noToken,  noToken, noToken, noToken, noToken, noToken, noToken, noToken],
  ["CreateSession (guest)",           "–",                  ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["RefreshSession",                  "own",                noToken,  ok,      ok,      ok,      ok,      ok,      noToken, noToken],
  ["RefreshSession",                  "another's",          ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["RefreshSession",                  "missing",            noToken,  noToken, noToken, noToken, noToken, noToken, noToken, noToken],
  ["ListSessions",                    "own",                signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["ListSessions",                    "another's",          signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["ListSessions",                    "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  ["DeleteSession (this one)",        "–",                  signIn,   expired, ok,      ok,      ok,      ok,      noSess,  revoked],
  ["DeleteSession (its id alone)",    "own",                signIn,   expired, ok,      ok,      ok,      ok,      noSess,  revoked],
  ["DeleteSession (its id alone)",    "another's",          signIn,   expired, noSess,  noSess,  noSess,  noSess,  noSess,  revoked],
  ["DeleteSession (its id alone)",    "missing",            signIn,   expired, noSess,  noSess,  noSess,  noSess,  noSess,  revoked],
  ["DeleteSession (with its user)",   "own",                signIn,   expired, ok,      ok,      ok,      ok,      noSess,  revoked],
  ["DeleteSession (with its user)",   "another's",          signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["DeleteSession (with its user)",   "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  ["DeleteSession (all of a user)",   "own",                signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["DeleteSession (all of a user)",   "another's",          signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["DeleteSession (all of a user)",   "an administrator's", signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["DeleteSession (all of a user)",   "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
];

// biome-ignore format: a table
const user: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["CreateUser",                      "–",                  ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["GetUser",                         "own",                signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["GetUser",                         "another's",          signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["GetUser",                         "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  ["GetUser (me)",                    "–",                  signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  // Who is missing is left out of the answer.
  ["BatchGetUsers",                   "own",                signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["BatchGetUsers",                   "another's",          signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["BatchGetUsers",                   "missing",            signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["ListUsers",                       "–",                  signIn,   expired, denied,  ok,      ok,      ok,      ok,      revoked],
  ["UpdateUser",                      "own",                signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["UpdateUser",                      "another's",          signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["UpdateUser",                      "a guest's",          signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["UpdateUser",                      "a moderator's",      signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["UpdateUser",                      "an administrator's", signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUser",                      "a service's",        signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUser",                      "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  // Guests and services have no password to change.
  ["ChangePassword",                  "–",                  signIn,   expired, denied,  ok,      ok,      ok,      denied,  revoked],
  ["UpdateUserAccess (suspend)",      "own",                signIn,   expired, denied,  denied,  denied,  denied,  denied,  revoked],
  ["UpdateUserAccess (suspend)",      "another's",          signIn,   expired, denied,  denied,  ok,      ok,      ok,      revoked],
  ["UpdateUserAccess (suspend)",      "a guest's",          signIn,   expired, denied,  denied,  ok,      ok,      ok,      revoked],
  ["UpdateUserAccess (suspend)",      "a moderator's",      signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["UpdateUserAccess (suspend)",      "an administrator's", signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUserAccess (suspend)",      "a service's",        signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUserAccess (suspend)",      "missing",            signIn,   expired, denied,  denied,  noUser,  noUser,  noUser,  revoked],
  ["UpdateUserAccess (reinstate)",    "own",                signIn,   expired, denied,  denied,  denied,  denied,  denied,  revoked],
  ["UpdateUserAccess (reinstate)",    "another's",          signIn,   expired, denied,  denied,  ok,      ok,      ok,      revoked],
  ["UpdateUserAccess (reinstate)",    "a guest's",          signIn,   expired, denied,  denied,  ok,      ok,      ok,      revoked],
  ["UpdateUserAccess (reinstate)",    "a moderator's",      signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["UpdateUserAccess (reinstate)",    "an administrator's", signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUserAccess (reinstate)",    "a service's",        signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUserAccess (reinstate)",    "missing",            signIn,   expired, denied,  denied,  noUser,  noUser,  noUser,  revoked],
  // Guests and services come into being as such, and stay it.
  ["UpdateUserAccess (role)",         "own",                signIn,   expired, denied,  denied,  denied,  denied,  denied,  revoked],
  ["UpdateUserAccess (role)",         "another's",          signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUserAccess (role)",         "a guest's",          signIn,   expired, denied,  denied,  denied,  denied,  denied,  revoked],
  ["UpdateUserAccess (role)",         "a moderator's",      signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUserAccess (role)",         "an administrator's", signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["UpdateUserAccess (role)",         "a service's",        signIn,   expired, denied,  denied,  denied,  denied,  denied,  revoked],
  ["UpdateUserAccess (role)",         "missing",            signIn,   expired, denied,  denied,  noUser,  noUser,  noUser,  revoked],
  ["DeleteUser",                      "own",                signIn,   expired, ok,      ok,      ok,      ok,      denied,  revoked],
  ["DeleteUser",                      "another's",          signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["DeleteUser",                      "a guest's",          signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["DeleteUser",                      "a moderator's",      signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["DeleteUser",                      "an administrator's", signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["DeleteUser",                      "a service's",        signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["DeleteUser",                      "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  ["DeleteUser (validate only)",      "own",                signIn,   expired, ok,      ok,      ok,      ok,      denied,  revoked],
  ["DeleteUser (validate only)",      "another's",          signIn,   expired, denied,  denied,  denied,  ok,      ok,      revoked],
  ["DeleteUser (validate only)",      "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  ["UpdateRelationship",              "own",                signIn,   expired, invalid, invalid, invalid, invalid, invalid, revoked],
  ["UpdateRelationship",              "another's",          signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["UpdateRelationship",              "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  ["ListRelationships",               "–",                  signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
];

// biome-ignore format: a table
const admin: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["CreateServiceKey",                "–",                  signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["ListServiceKeys",                 "–",                  signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["DeleteServiceKey",                "own",                signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["DeleteServiceKey",                "a service's",        signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["DeleteServiceKey",                "missing",            signIn,   expired, denied,  denied,  denied,  noKey,   denied,  revoked],
  ["ResetPassword",                   "own",                signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["ResetPassword",                   "another's",          signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["ResetPassword",                   "a guest's",          signIn,   expired, denied,  denied,  denied,  denied,  denied,  revoked],
  ["ResetPassword",                   "a moderator's",      signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["ResetPassword",                   "an administrator's", signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["ResetPassword",                   "a service's",        signIn,   expired, denied,  denied,  denied,  denied,  denied,  revoked],
  ["ResetPassword",                   "missing",            signIn,   expired, denied,  denied,  denied,  noUser,  denied,  revoked],
  ["RotateSigningKey",                "–",                  signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  // The user is a filter: the trail of whoever is gone, or never was, is a list like any other.
  ["ListAuditEntries",                "own",                signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["ListAuditEntries",                "another's",          signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
  ["ListAuditEntries",                "missing",            signIn,   expired, denied,  denied,  denied,  ok,      denied,  revoked],
];

export const expectedTable: Table = {
  ChatService: simpleChat,
  UserService: simpleUser,
  "confab.v1.AuthService": auth,
  "confab.v1.UserService": user,
  "confab.v1.AdminService": admin,
};

/**
 * What a call with `x-confab-act-as` metadata comes to, by whose account it names: `GetUser (me)` with whatever
 * token the caller has. The user that a service key acts for is then the caller: a user as `user` above.
 */
// biome-ignore format: a table
export const expectedActing: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["GetUser (me)",                    "own",                denied,   denied,  denied,  denied,  denied,  denied,  denied,  denied],
  ["GetUser (me)",                    "another's",          denied,   denied,  denied,  denied,  denied,  denied,  ok,      denied],
  ["GetUser (me)",                    "a guest's",          denied,   denied,  denied,  denied,  denied,  denied,  ok,      denied],
  ["GetUser (me)",                    "a moderator's",      denied,   denied,  denied,  denied,  denied,  denied,  ok,      denied],
  ["GetUser (me)",                    "an administrator's", denied,   denied,  denied,  denied,  denied,  denied,  denied,  denied],
  ["GetUser (me)",                    "a service's",        denied,   denied,  denied,  denied,  denied,  denied,  denied,  denied],
  ["GetUser (me)",                    "a suspended user's", denied,   denied,  denied,  denied,  denied,  denied,  halted,  denied],
  ["GetUser (me)",                    "missing",            denied,   denied,  denied,  denied,  denied,  denied,  noUser,  denied],
];

// biome-ignore format: a table
const register: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["CreateUser",                      "–",                  closed,   closed,  closed,  closed,  closed,  ok,      ok,      closed],
];

/** The rows that take the place of theirs where registration is closed. */
export const expectedWhereClosed: Table = { UserService: register, "confab.v1.UserService": register };

/** Services that are no contract of Confab's, and open to anyone: they tell nothing of anybody. */
export const openServices: readonly string[] = ["grpc.health.v1.Health"];

/** The RPC of a call: `DeleteUser (validate only)` is one of `DeleteUser`. */
export function rpcOf(call: string): string {
  return call.replace(/ \(.*\)$/, "");
}

/** What a row says that this caller is answered. */
export function outcomeOf(row: Row, caller: CallerName): Outcome {
  const [, , ...outcomes] = row;
  const outcome = outcomes[callers.indexOf(caller)];
  if (outcome === undefined) throw new Error(`${row[0]} has no answer for ${caller}`);
  return outcome;
}
