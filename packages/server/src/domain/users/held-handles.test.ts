import assert from "node:assert/strict";
import { test } from "node:test";
import { heldHandles } from "./held-handles.ts";

test("handles that mean everyone, the caller, who runs the server or nobody are held, however they are written", () => {
  const held = heldHandles([]);
  const names =
    "all here everyone channel room admin administrator moderator mod system support help root bot confab lobby " +
    "deleted-user me null undefined operator guest";
  for (const name of names.split(" ")) assert.equal(held.has(name), true, name);
  for (const name of ["ad.min", "_root_", "deleted.user", "deleteduser", "de1eted_user", "every-one"]) {
    assert.equal(held.has(name), true, name);
  }
  for (const name of ["ada", "alle", "admin2", "rooms", "botond", "helper", "acme"]) {
    assert.equal(held.has(name), false, name);
  }
});

test("the settings hold more, in any case", () => {
  const held = heldHandles(["Acme", "billing.desk"]);
  for (const name of ["acme", "a-cme", "billingdesk", "admin"]) assert.equal(held.has(name), true, name);
  assert.equal(held.has("acmes"), false);
});
