import assert from "node:assert/strict";
import { test } from "node:test";
import { ConflictError, InvalidArgumentError } from "@confab/client/core";
import { credentialOf, missingIn, refusalsOf } from "./credential.ts";

const nothing = { handle: " ", displayName: "", password: "" };
const ada = { handle: " ada ", displayName: " Ada ", password: " secret " };

test("what is missing is said at its field", () => {
  assert.deepEqual(Object.keys(missingIn("sign-in", nothing)), ["handle", "password"]);
  assert.deepEqual(Object.keys(missingIn("register", nothing)), ["handle", "password"]);
  assert.deepEqual(Object.keys(missingIn("guest", nothing)), ["displayName"]);
  assert.deepEqual(missingIn("register", { ...ada, displayName: "" }), {});
});

test("blanks around names are left out, those of a password stay", () => {
  assert.deepEqual(credentialOf("sign-in", ada), { handle: "ada", password: " secret " });
  assert.deepEqual(credentialOf("guest", ada), { guest: "Ada" });
  const register = { handle: "ada", password: " secret ", displayName: "Ada" };
  assert.deepEqual(credentialOf("register", ada), { register });
});

test("a refusal is shown at its field, or under the form", () => {
  const fieldViolations = [{ field: "user.handle", description: "" }];
  const message = "user.handle is taken";
  const taken = new ConflictError({ reason: "HANDLE_TAKEN", code: 6, message, fieldViolations });
  assert.deepEqual(Object.keys(refusalsOf(taken)), ["handle"]);
  const other = new InvalidArgumentError({ reason: "X", code: 3, message: "no" });
  assert.deepEqual(refusalsOf(other), { form: "No." });
});
