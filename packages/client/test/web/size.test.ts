import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";

const KIB = 1024;

interface Bundle {
  readonly gzippedBytes: number;
  /** The ids of all modules in it. */
  readonly modules: readonly string[];
}

/** Bundles everything that these modules of the package export, as Vite does for a page; React stays outside. */
async function bundleOf(...names: readonly string[]): Promise<Bundle> {
  // Beside this file, so that the package resolves.
  const folder = mkdtempSync(join(import.meta.dirname, "size-"));
  try {
    const entry = join(folder, "entry.js");
    writeFileSync(entry, names.map((name) => `export * from "@confab/client/${name}";\n`).join(""));
    const input = { input: entry, preserveEntrySignatures: "strict", external: /^react/ } as const;
    const built = await build({
      configFile: false,
      logLevel: "error",
      build: { write: false, rolldownOptions: input },
    });
    const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
    const chunks = output.filter((file) => file.type === "chunk");
    return {
      gzippedBytes: chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0),
      modules: chunks.flatMap(({ moduleIds, imports }) => [...moduleIds, ...imports]),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the client in a page is at most 64 KiB with the hooks, 54 without the transport", async () => {
  const [page, core] = [await bundleOf("web", "react"), await bundleOf("core", "react")];
  assert.ok(page.gzippedBytes <= 64 * KIB, `${page.gzippedBytes} bytes`);
  assert.ok(core.gzippedBytes <= 54 * KIB, `${core.gzippedBytes} bytes without the transport`);
});

test("a page needs nothing of Node", async () => {
  const { modules } = await bundleOf("web", "react");
  assert.ok(modules.some((id) => id.endsWith("/web/transport.js")));
  // Vite has a stand-in for each module of Node that it finds.
  const ofNode = modules.filter((id) => isBuiltin(id) || /__vite-browser-external|@grpc/.test(id));
  assert.deepEqual(ofNode, []);
});
