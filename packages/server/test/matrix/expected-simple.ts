import {
  closed,
  denied,
  expired,
  halted,
  held,
  noUser,
  ok,
  revoked,
  signIn,
  unnamed,
  wrong,
} from "./answers.ts";
import type { Row } from "./rows.ts";

// The object of sending is the name in `user_name`: with a token the account is the sender, whatever it says.
// biome-ignore format: a table
export const simpleChat: readonly Row[] = [
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
export const simpleUser: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["CreateUser",                      "–",                  ok,       ok,      ok,      ok,      ok,      ok,      ok,      ok],
  ["Login",                           "own",                wrong,    ok,      wrong,   ok,      ok,      ok,      wrong,   halted],
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

// biome-ignore format: a table
export const register: readonly Row[] = [
  // call                             object                anonymous expired  guest    user     moderatr admin    service  suspended
  ["CreateUser",                      "–",                  closed,   closed,  closed,  closed,  closed,  ok,      ok,      closed],
];
