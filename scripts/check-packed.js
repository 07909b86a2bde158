// Fails where a package would be published with its tests: with compiled tests, their source maps, or modules that
// only tests import, which are named testing.ts.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";

const TEST_FILE = /\.test\.|(^|\/)testing\.[^/]*$|^dist-test\//;

const workspaces = readdirSync("packages").flatMap((name) => ["--workspace", `packages/${name}`]);
const output = execFileSync("npm", ["pack", "--dry-run", "--json", ...workspaces], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "ignore"],
});
const packages = Object.values(JSON.parse(output));
const wrong = packages.flatMap(({ name, files }) =>
  files.filter(({ path }) => TEST_FILE.test(path)).map(({ path }) => `${name} would pack ${path}`),
);
const isBuilt = packages.every(({ files }) => files.some(({ path }) => path.startsWith("dist/")));
if (!isBuilt) wrong.push("a package has no dist: build first");
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join("\n")}\n`);
  process.exitCode = 1;
}
