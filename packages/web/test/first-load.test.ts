import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const MAX_BYTES = 200 * 1_024;
const folder = fileURLToPath(new URL("../dist/", import.meta.url));
const index = readFileSync(`${folder}index.html`, "utf8");

test("the first load is at most 200 KiB compressed", (context) => {
  const scripts = [...index.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path = ""]) => path);
  const loaded = new Set(scripts);
  for (const path of loaded) {
    if (!path.endsWith(".js")) continue;
    const code = readFileSync(folder + path, "utf8");
    for (const [, name = ""] of code.matchAll(/(?:from|^import|;import)\s*"\.\/([^"]+\.js)"/g))
      loaded.add(`assets/${name}`);
  }
  assert.ok(loaded.size >= 2, "a script and a style sheet");
  const bytes = [index, ...[...loaded].map((path) => readFileSync(folder + path))]
    .map((content) => gzipSync(content, { level: 9 }).length)
    .reduce((sum, size) => sum + size);
  context.diagnostic(`${(bytes / 1_024).toFixed(1)} KiB`);
  assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`);
});

test("nothing is inline, nothing is a data: address, and each file is there compressed", () => {
  assert.doesNotMatch(index, /<style|style=|<script(?![^>]*src=)|javascript:|data:/);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const texts = names.filter((name) => /\.(?:js|css|html|svg)$/.test(name));
  for (const name of texts) {
    assert.ok(names.includes(`${name}.br`), `${name}.br`);
    if (name.endsWith(".css"))
      assert.doesNotMatch(readFileSync(folder + name, "utf8"), /url\(["']?data:/, name);
  }
});
