import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { brotli } from "./build/brotli.ts";

function own(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

// The server's content security policy allows files of its own only: nothing inline, no data: addresses.
export default defineConfig({
  root: own("."),
  resolve: {
    alias: {
      // Tables that the tokenizer brings, but the page's subset of Markdown does not need.
      entities: own("src/markdown/entities.ts"),
      "linkify-it": own("src/markdown/no-linkify.ts"),
    },
  },
  build: {
    outDir: own("dist"),
    emptyOutDir: true,
    target: "es2024",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // A test measures the first load, compressed.
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      onwarn(warning, warn) {
        // Libraries mark files for frameworks that render on a server.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
  plugins: [brotli()],
});
