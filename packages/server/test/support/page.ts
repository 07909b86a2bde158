import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { root } from "./runtimes.ts";

/**
 * Installs the server in a folder, with a package `@confab/web` of these files beside it, as its build makes them: each
 * script compressed, too. Returns the folder of the server's package.
 */
export function installWithPage(folder: string, files: Readonly<Record<string, string>>): string {
  const modules = join(folder, "node_modules");
  for (const from of [".", "@confab"]) {
    mkdirSync(join(modules, from), { recursive: true });
    for (const name of readdirSync(join(root, "node_modules", from))) {
      const isOurs = name.startsWith(".") || name === "@confab" || (from === "@confab" && name === "web");
      if (isOurs || name === "server") continue;
      symlinkSync(join(root, "node_modules", from, name), join(modules, from, name));
    }
  }
  const server = join(modules, "@confab/server");
  for (const part of ["bin", "dist", "package.json"]) {
    cpSync(join(root, "packages/server", part), join(server, part), { recursive: true });
  }
  const web = join(modules, "@confab/web");
  writeFiles(web, { "package.json": JSON.stringify({ name: "@confab/web", type: "module" }) });
  writeFiles(join(web, "dist"), files);
  for (const [path, text] of Object.entries(files).filter(([name]) => name.endsWith(".js"))) {
    writeFileSync(join(web, "dist", `${path}.br`), brotliCompressSync(text));
    writeFileSync(join(web, "dist", `${path}.gz`), gzipSync(text));
  }
  return server;
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
