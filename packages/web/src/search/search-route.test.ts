import assert from "node:assert/strict";
import { test } from "node:test";
import { searchOf, searchPath } from "./search-route.ts";

test("a search has its URL, and is read from it", () => {
  const search = { query: "50 % & more", roomId: "r/1", senderId: "" };
  assert.deepEqual(searchOf(new URL(searchPath(search), "http://host").search), search);
  assert.equal(searchPath({ query: "", roomId: "", senderId: "" }), "/search");
  assert.deepEqual(searchOf(""), { query: "", roomId: "", senderId: "" });
});
