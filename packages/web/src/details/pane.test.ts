import assert from "node:assert/strict";
import { test } from "node:test";
import { paneOf, panePath } from "./pane.ts";

test("a pane has its URL, and is read from it", () => {
  for (const pane of [{ kind: "details" }, { kind: "pins" }, { kind: "thread", rootSeq: 7 }] as const) {
    const { pathname, search } = new URL(panePath("a b", pane, 3), "http://host");
    assert.equal(pathname, "/r/a%20b/3");
    assert.deepEqual(paneOf(search), pane);
  }
});

test("other queries open no pane", () => {
  for (const query of ["", "?pane=nothing", "?thread=0", "?thread=x", "?thread=-1"]) {
    assert.equal(paneOf(query), null, query);
  }
});
