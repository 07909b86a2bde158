import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountState, SystemRole } from "../users/system-roles.ts";
import { type CallerIdentity, type CallRule, mayCall } from "./system-access.ts";
import { NOW_MS, sampleAccount } from "./testing.ts";

const RULES = ["anyone", "guests", "signed-in", "users", "moderators", "admins", "services"] as const;

const caller = (role: SystemRole, state: AccountState = { kind: "active" }): CallerIdentity => ({
  kind: "account",
  account: sampleAccount({ role, state }),
});

const callers = {
  nobody: { kind: "anonymous", areGuestsLetIn: false },
  "let in": { kind: "anonymous", areGuestsLetIn: true },
  guest: caller("guest"),
  user: caller("user"),
  moderator: caller("moderator"),
  admin: caller("admin"),
  service: caller("service"),
  suspended: caller("admin", { kind: "suspended", untilMs: NOW_MS + 1 }),
  reinstated: caller("user", { kind: "suspended", untilMs: NOW_MS }),
  erased: caller("admin", { kind: "erased" }),
} satisfies Record<string, CallerIdentity>;

/** Columns as in RULES: `+` may call, S must sign in, P is not permitted, X is suspended, R is revoked. */
const expected = {
  nobody: "+SSSSSS",
  "let in": "++SSSSS",
  guest: "+++PPPP",
  user: "++++PPP",
  moderator: "+++++PP",
  admin: "++++++P",
  service: "+++++P+",
  suspended: "+XXXXXX",
  reinstated: "++++PPP",
  erased: "+RRRRRR",
} satisfies Record<keyof typeof callers, string>;

const letters: Readonly<Record<string, string>> = {
  SIGN_IN_REQUIRED: "S",
  NOT_PERMITTED: "P",
  SUSPENDED: "X",
  SESSION_REVOKED: "R",
};

for (const [name, identity] of Object.entries(callers)) {
  test(`who may call what: ${name}`, () => {
    const row = RULES.map((rule: CallRule) => {
      const ruling = mayCall(rule, identity, NOW_MS);
      return ruling.allowed ? "+" : letters[ruling.reason];
    });
    assert.equal(row.join(""), expected[name as keyof typeof callers]);
  });
}
