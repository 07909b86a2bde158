// Builds the page into `dist`, unless it is newer than everything that it is made from.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";

const folder = join(import.meta.dirname, "..");
const sources = ["src", "public", "build", "index.html", "vite.config.ts", "package.json"].map((path) =>
  join(folder, path),
);
const libraries = ["../client/dist", "../protocol/dist", "../../package-lock.json"].map((path) =>
  join(folder, path),
);

const builtMs = await newestOf([join(folder, "dist/index.html.br")]);
if (builtMs === 0 || (await newestOf([...sources, ...libraries])) > builtMs) {
  await build({ configFile: join(folder, "vite.config.ts"), logLevel: "warn" });
}

/** Returns the time of the newest file in these files and folders, in milliseconds; 0 without any. */
async function newestOf(paths) {
  const times = await Promise.all(paths.map(newestIn));
  return Math.max(0, ...times);
}

async function newestIn(path) {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  // A folder's own time tells of files that were removed.
  return Math.max(found.mtimeMs, await newestOf((await readdir(path)).map((name) => join(path, name))));
}
