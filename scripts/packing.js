// `npm pack` and `npm publish` run this in a package: `packing.js before` builds it and lays beside it what its tarball
// contains and the repository has elsewhere; `packing.js after` removes that again.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const { bundleDependencies = [], scripts = {} } = JSON.parse(readFileSync("package.json", "utf8"));
const hasContract = readdirSync(".").includes("standard");

removeAdded();
if (process.argv[2] === "before") {
  // A package whose output is not the compiler's has a script for it.
  if (scripts.build) execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
  else execFileSync("tsc", ["-b", "."], { stdio: "inherit" });
  cpSync(join(root, "LICENSE"), "LICENSE");
  if (hasContract) addContract();
  for (const name of bundleDependencies) bundle(name);
}

function removeAdded() {
  rmSync("LICENSE", { force: true });
  if (hasContract) rmSync("proto", { recursive: true, force: true });
  for (const name of bundleDependencies) rmSync(join("node_modules", name), { recursive: true, force: true });
}

/** Puts the contract and the standard files that it goes with into one folder, for `protoc -I`. */
function addContract() {
  for (const folder of [join(root, "proto"), "standard"]) {
    cpSync(folder, "proto", { recursive: true, filter: (path) => !path.endsWith("buf.yaml") });
  }
}

/** Installs another package of this repository, as it is published, where npm looks for bundled ones. */
function bundle(name) {
  const folder = mkdtempSync(join(tmpdir(), "confab-bundle-"));
  const target = join("node_modules", name);
  // The options of the npm that runs this are not for the one that it runs.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_config_/i.test(key)));
  try {
    const options = ["--silent", "--workspace", name, "--pack-destination", folder];
    const tarball = execFileSync("npm", ["pack", ...options], { cwd: root, env, encoding: "utf8" }).trim();
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, tarball), "-C", target, "--strip-components=1"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
