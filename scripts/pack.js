// `node scripts/pack.js FOLDER` writes the tarball of each package into the folder, ready for `npm publish`; packages that
// are private are only in the tarballs of those that bundle them. It works on a copy of the repository, so that nothing
// changes under a program that runs from here.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve, sep } from "node:path";

const root = resolve(import.meta.dirname, "..");
function isNeeded(path) {
  return NEEDED.test(path.split(sep)[0]) && !LEFT_OUT.has(basename(path));
}

function isPrivate(name) {
  return JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")).private === true;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("usage: node scripts/pack.js FOLDER\n");
  process.exit(2);
}
const out = resolve(folder);
mkdirSync(out, { recursive: true });

/** All that packages are made from. */
const NEEDED = /^(packages|proto|scripts|bench|tools|LICENSE|\.npmrc|package.*\.json|tsconfig.*\.json)$/;
const LEFT_OUT = new Set(["node_modules", "test", "dist-test", "results"]);
const copy = mkdtempSync(join(tmpdir(), "confab-pack-"));
try {
  cpSync(root, copy, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => path === root || isNeeded(relative(root, path)),
  });
  // Not a link to the whole folder: there, packages would be found that are not the copies.
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@confab") symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
  }
  mkdirSync(join(copy, "node_modules/@confab"));
  for (const name of readdirSync(join(copy, "packages"))) {
    symlinkSync(join(copy, "packages", name), join(copy, "node_modules/@confab", name));
    const own = join(root, "packages", name, "node_modules");
    if (existsSync(own)) symlinkSync(own, join(copy, "packages", name, "node_modules"));
  }
  const published = readdirSync(join(copy, "packages")).filter((name) => !isPrivate(name));
  const workspaces = published.flatMap((name) => ["--workspace", `packages/${name}`]);
  execFileSync("npm", ["pack", "--silent", ...workspaces, "--pack-destination", out], {
    cwd: copy,
    stdio: "inherit",
  });
} finally {
  rmSync(copy, { recursive: true });
}
