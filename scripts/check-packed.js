// Checks the packages as they are published: what is in each tarball, its metadata (publint) and its types
// (@arethetypeswrong/cli). Fails with a line for each problem.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";

const TEST_FILE = /\.test\.|(^|\/)testing\.[^/]*$|(^|\/)(dist-test|test|documents-\d+)\//;
const NEEDED_FIELDS = ["description", "keywords", "license", "author", "engines", "exports", "publishConfig"];
const ALWAYS_PACKED = ["LICENSE", "README.md", "dist/", "src/"];

const problems = [];
const folder = mkdtempSync(join(tmpdir(), "confab-packed-"));
try {
  const { status, stderr } = run("node", ["scripts/pack.js", folder]);
  if (status !== 0) problems.push(`packing failed: ${stderr}`);
  for (const file of readdirSync(folder)) checkTarball(join(folder, file));
} finally {
  rmSync(folder, { recursive: true });
}
checkVersions();
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;

function checkTarball(tarball) {
  const target = join(folder, "unpacked");
  rmSync(target, { recursive: true, force: true });
  run("mkdir", [target]);
  run("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
  const manifest = readManifest(target);
  const { name } = manifest;
  const complain = (problem) => problems.push(`${name}: ${problem}`);
  const paths = readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => posix.relative(target, posix.join(parentPath, file)));
  const isThere = new Set(paths);

  for (const path of paths.filter((each) => TEST_FILE.test(each))) complain(`has the test file ${path}`);
  for (const field of NEEDED_FIELDS) if (!manifest[field]) complain(`its package.json has no ${field}`);
  for (const start of ALWAYS_PACKED) {
    if (!paths.some((path) => path.startsWith(start))) complain(`has no ${start}`);
  }
  for (const map of paths.filter((path) => path.endsWith(".map"))) {
    for (const source of JSON.parse(readFileSync(join(target, map), "utf8")).sources) {
      const path = posix.join(posix.dirname(map), source);
      if (!isThere.has(path)) complain(`${map} points to ${path}, which is not packed`);
    }
  }
  for (const bundled of manifest.bundleDependencies ?? []) {
    for (const part of ["package.json", "dist/"]) {
      const start = `node_modules/${bundled}/${part}`;
      if (!paths.some((path) => path.startsWith(start))) complain(`has no ${start}`);
    }
  }
  if (name === "@confab/protocol") {
    for (const path of run("git", ["ls-files", "proto/*.proto"]).stdout.trim().split("\n")) {
      if (!isThere.has(path)) complain(`has no ${path}`);
    }
  }
  report(name, run("publint", ["--strict", tarball]));
  report(name, run("attw", [tarball, "--profile", "esm-only", "--no-color", "--no-emoji"]));
}

/** The packages have one version, name each other by it, and the change log describes it. */
function checkVersions() {
  const manifests = readdirSync("packages").map((name) => readManifest(join("packages", name)));
  const [{ version }] = manifests;
  for (const { name, version: own, dependencies, devDependencies } of manifests) {
    if (own !== version)
      problems.push(`${name} has version ${own}, others have ${version}: they move together`);
    for (const [other, wanted] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (other.startsWith("@confab/") && wanted !== version)
        problems.push(`${name} wants ${other} ${wanted}`);
    }
  }
  if (!readFileSync("CHANGELOG.md", "utf8").includes(`\n## ${version}\n`)) {
    problems.push(`CHANGELOG.md has no part "## ${version}"`);
  }
}

function readManifest(path) {
  return JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
}

function run(program, args) {
  return spawnSync(program, args, { encoding: "utf8" });
}

function report(name, { status, stdout, stderr, error }) {
  if (status !== 0) problems.push(`${name}: ${error?.message ?? ""}${stdout}${stderr}`);
}
