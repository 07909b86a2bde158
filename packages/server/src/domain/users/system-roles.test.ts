import assert from "node:assert/strict";
import { test } from "node:test";
import { NOW_MS, sampleAccount } from "../access/testing.ts";
import { accountStateNow, roleNow, type SystemRole } from "./system-roles.ts";

test("a role that has ended leaves an ordinary one, and never a higher one", () => {
  const afterwards = {
    guest: "guest",
    user: "user",
    moderator: "user",
    admin: "user",
    service: "guest",
  } satisfies Record<SystemRole, SystemRole>;
  for (const [role, left] of Object.entries(afterwards)) {
    const account = sampleAccount({ role: role as SystemRole, roleUntilMs: NOW_MS });
    assert.equal(roleNow(account, NOW_MS), left);
    assert.equal(roleNow(account, NOW_MS - 1), role);
  }
});

test("a suspension that has ended is none, one without an end stays", () => {
  const until = sampleAccount({ state: { kind: "suspended", untilMs: NOW_MS } });
  assert.deepEqual(accountStateNow(until, NOW_MS), { kind: "active" });
  assert.deepEqual(accountStateNow(until, NOW_MS - 1), until.state);
  const forGood = sampleAccount({ state: { kind: "suspended", untilMs: null } });
  assert.deepEqual(accountStateNow(forGood, NOW_MS), forGood.state);
});
