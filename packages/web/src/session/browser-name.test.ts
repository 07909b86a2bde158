import assert from "node:assert/strict";
import { test } from "node:test";
import { browserName } from "./browser-name.ts";

test("a browser is named with its system", () => {
  const chrome = "(KHTML, like Gecko) Chrome/120.0 Safari/537.36";
  assert.equal(browserName(`Mozilla/5.0 (X11; Linux x86_64) ${chrome}`), "Chrome on Linux");
  assert.equal(browserName(`Mozilla/5.0 (Windows NT 10.0) ${chrome} Edg/120.0`), "Edge on Windows");
  assert.equal(
    browserName("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1"),
    "Safari on iPhone",
  );
  assert.equal(browserName("curl"), "Browser");
});
