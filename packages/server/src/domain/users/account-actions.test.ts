import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Ruling } from "../access/decisions.ts";
import { accounts, NOW_MS, sampleAccount, systemRoles } from "../access/testing.ts";
import {
  type AccountAction,
  decideAccountAction,
  decideCreation,
  decideRoleChange,
} from "./account-actions.ts";
import { roleNow, type SystemRole } from "./system-roles.ts";

const ROLES = ["guest", "user", "moderator", "admin", "service"] as const;
const ACTIONS = [
  "view",
  "update",
  "erase",
  "manage-sessions",
  "suspend",
  "reinstate",
  "change-role",
  "act-as",
] as const;

const account = (role: SystemRole) => sampleAccount({ role });
const reasonOf = (ruling: Ruling) => (ruling.allowed ? "allowed" : ruling.reason);

/** The accounts that each caller may act on: o is their own, then the first letters of others' roles. */
const expected = {
  guest: { view: "ogumas", update: "o", erase: "o", "manage-sessions": "o" },
  user: { view: "ogumas", update: "o", erase: "o", "manage-sessions": "o" },
  moderator: {
    view: "ogumas",
    update: "o",
    erase: "o",
    "manage-sessions": "o",
    suspend: "gu",
    reinstate: "gu",
  },
  admin: {
    view: "ogumas",
    update: "ogumas",
    erase: "ogumas",
    "manage-sessions": "ogumas",
    suspend: "gumas",
    reinstate: "gumas",
    "change-role": "uma",
  },
  service: {
    view: "ogumas",
    update: "ogum",
    erase: "gum",
    "manage-sessions": "o",
    suspend: "gum",
    reinstate: "gum",
    "act-as": "gum",
  },
} as const satisfies Record<SystemRole, Partial<Record<AccountAction, string>>>;

for (const callerRole of ROLES) {
  test(`what a ${callerRole} may do to whose account`, () => {
    const row: Partial<Record<AccountAction, string>> = expected[callerRole];
    for (const action of ACTIONS) {
      const may = (role: SystemRole, isSelf: boolean) =>
        decideAccountAction(account(callerRole), { action, account: account(role), isSelf }, NOW_MS).allowed;
      const own = may(callerRole, true) ? "o" : "";
      const others = ROLES.filter((role) => may(role, false)).map((role) => role.charAt(0));
      assert.equal(own + others.join(""), row[action] ?? "", action);
    }
  });
}

test("an account that isn't there, or is no longer, is not found, whatever is asked", () => {
  const erased = sampleAccount({ state: { kind: "erased" } });
  for (const role of ROLES) {
    for (const action of ACTIONS) {
      for (const target of [null, erased]) {
        const ruling = decideAccountAction(account(role), { action, account: target, isSelf: false }, NOW_MS);
        assert.equal(reasonOf(ruling), "USER_NOT_FOUND");
      }
    }
  }
});

test("a refusal says in words what is refused", () => {
  const refusal = (caller: SystemRole, action: AccountAction, role: SystemRole, isSelf = false) => {
    const ruling = decideAccountAction(account(caller), { action, account: account(role), isSelf }, NOW_MS);
    return ruling.allowed ? "allowed" : ruling.explanation;
  };
  assert.equal(refusal("user", "update", "user"), "a user may not update the account of another user");
  assert.equal(refusal("user", "label", "user", true), "a user may not label their own account");
  assert.equal(refusal("service", "act-as", "admin"), "a service may not act as the account of an admin");
  assert.equal(
    refusal("moderator", "suspend", "admin"),
    "a moderator may not suspend the account of an admin",
  );
});

test("a suspended caller may do nothing, not even to their own account", () => {
  const suspended = sampleAccount({ role: "admin", state: { kind: "suspended", untilMs: null } });
  for (const action of ACTIONS) {
    const ruling = decideAccountAction(suspended, { action, account: suspended, isSelf: true }, NOW_MS);
    assert.equal(reasonOf(ruling), "SUSPENDED");
  }
});

test("a suspended account can still be looked at, reinstated and erased", () => {
  const target = { account: sampleAccount({ state: { kind: "suspended", untilMs: null } }), isSelf: false };
  for (const action of ["view", "reinstate", "erase"] as const) {
    assert.equal(decideAccountAction(account("admin"), { action, ...target }, NOW_MS).allowed, true);
  }
});

test("only administrators change a role, never their own, and make nobody a guest or a service", () => {
  fc.assert(
    fc.property(accounts, accounts, systemRoles, fc.boolean(), (caller, target, role, isSelf) => {
      const ruling = decideRoleChange(caller, { role, account: target, isSelf }, NOW_MS);
      if (!ruling.allowed) return;
      assert.equal(roleNow(caller, NOW_MS), "admin");
      assert.equal(isSelf, false);
      assert.ok(role === "user" || role === "moderator" || role === "admin");
    }),
  );
  for (const role of ["user", "moderator", "admin"] as const) {
    const target = { account: account("user"), isSelf: false };
    assert.equal(decideRoleChange(account("admin"), { role, ...target }, NOW_MS).allowed, true);
  }
});

test("nobody but an administrator creates anything but users", () => {
  const open = (creator: SystemRole | null, role: SystemRole) =>
    reasonOf(
      decideCreation(creator && account(creator), { role, registration: "open", hasLabels: false }, NOW_MS),
    );
  for (const creator of [null, ...ROLES]) {
    for (const role of ROLES) {
      const isAllowed =
        role === "user" || (creator === "admin" && (role === "moderator" || role === "admin"));
      assert.equal(open(creator, role), isAllowed ? "allowed" : "NOT_PERMITTED", `${creator} ${role}`);
    }
  }
});

test("where registration is closed, administrators and services still create users", () => {
  for (const creator of [null, ...ROLES]) {
    const creation = { role: "user", registration: "closed", hasLabels: false } as const;
    const isTrusted = creator === "admin" || creator === "service";
    const reason = reasonOf(decideCreation(creator && account(creator), creation, NOW_MS));
    assert.equal(reason, isTrusted ? "allowed" : "REGISTRATION_CLOSED", String(creator));
  }
});

test("a suspended caller creates no account", () => {
  const suspended = sampleAccount({ role: "admin", state: { kind: "suspended", untilMs: null } });
  assert.equal(
    reasonOf(decideCreation(suspended, { role: "user", registration: "open", hasLabels: false }, NOW_MS)),
    "SUSPENDED",
  );
});
