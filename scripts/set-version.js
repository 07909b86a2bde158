// `node scripts/set-version.js 1.2.3` gives all packages this version, also where they depend on each other, and begins
// its part of CHANGELOG.md with what stood under "Unreleased".
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const UNRELEASED = "## Unreleased\n";
const [version = ""] = process.argv.slice(2);
const changes = readFileSync("CHANGELOG.md", "utf8");
if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) fail("usage: node scripts/set-version.js 1.2.3");
if (changes.includes(`\n## ${version}\n`)) fail(`CHANGELOG.md has a part for ${version} already`);

for (const folder of [...readdirSync("packages").map((name) => `packages/${name}`), "bench"]) {
  const path = `${folder}/package.json`;
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  manifest.version = version;
  for (const kind of ["dependencies", "devDependencies", "peerDependencies"]) {
    for (const name of Object.keys(manifest[kind] ?? {})) {
      if (name.startsWith("@confab/")) manifest[kind][name] = version;
    }
  }
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
writeFileSync("CHANGELOG.md", changes.replace(UNRELEASED, `${UNRELEASED}\n## ${version}\n`));
execFileSync("npm", ["install", "--package-lock-only", "--ignore-scripts"], { stdio: "inherit" });

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
