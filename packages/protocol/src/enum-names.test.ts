import assert from "node:assert/strict";
import { test } from "node:test";
import { type EnumNames, enumNames } from "./enum-names.ts";
import { JoinRule, Permission } from "./v1.ts";

const permissions = enumNames(Permission);

test("a name is the contract's, in lower case and with dashes", () => {
  assert.equal(permissions.toName(Permission.MANAGE_MEMBERS), "manage-members");
  assert.equal(permissions.toNumber("manage-members"), Permission.MANAGE_MEMBERS);
  assert.equal(permissions.toName(Permission.PIN), "pin");
});

test("the unspecified value and an unknown number have no name", () => {
  assert.equal(permissions.toName(Permission.UNSPECIFIED), undefined);
  assert.equal(permissions.toName(99), undefined);
  assert.equal(permissions.toName(-1), undefined);
});

test("every other value is found again by its name", () => {
  const values = Object.values(Permission).filter((value) => typeof value === "number" && value !== 0);
  const found = values.map((value) => permissions.toNumber(permissions.toName(Number(value)) ?? "read"));
  assert.deepEqual(found, values);
});

test("a union with a name too many or too few doesn't compile", () => {
  const joinRules = enumNames(JoinRule);
  joinRules satisfies EnumNames<"invite" | "knock" | "open", JoinRule>;
  // @ts-expect-error the contract has a value more
  joinRules satisfies EnumNames<"invite" | "knock">;
  // @ts-expect-error the contract has a value less
  joinRules satisfies EnumNames<"invite" | "knock" | "open" | "closed">;
  // @ts-expect-error the unspecified value has no name
  assert.equal(joinRules.toNumber("unspecified"), undefined);
});
