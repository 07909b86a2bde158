import {
  denied,
  expired,
  halted,
  invalid,
  noKey,
  noSess,
  noToken,
  noUser,
  ok,
  revoked,
  signIn,
  wrong,
} from "./answers.ts";
import type { Row } from "./rows.ts";

// Passwords, external tokens and refresh tokens are their own proof: whoever has one may use it. A service key
// is none of them, and no session either.
// biome-ignore format: a table
export const auth: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["GetServerInfo",                   "–",                  ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["CreateSession (password)",        "own",                wrong,    ok,      wrong,   ok,      ok,      ok,      wrong,   halted],
  ["CreateSession (password)",        "another's",          ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["CreateSession (password)",        "missing",            wrong,    wrong,   wrong,   wrong,   wrong,   wrong,   wrong,   wrong],
  ["CreateSession (external token)",  "own",                noToken,  ok,      noToken, ok,      ok,      ok,      noToken, halted],
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
export const user: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["CreateUser",                      "–",                  ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["GetUser",                         "own",                signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["GetUser",                         "another's",          signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  ["GetUser",                         "missing",            signIn,   expired, noUser,  noUser,  noUser,  noUser,  noUser,  revoked],
  ["GetUser (me)",                    "–",                  signIn,   expired, ok,      ok,      ok,      ok,      ok,      revoked],
  // The answer leaves out users who don't exist.
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
export const admin: readonly Row[] = [
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

/**
 * The results of `GetUser (me)` with `x-confab-act-as` metadata, by the account that it names and the caller's
 * token. The user that a service key acts for is then the caller: a user as `user` above.
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
