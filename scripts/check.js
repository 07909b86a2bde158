// `npm run check`: every check of the code that does not run it.
import { execFileSync } from "node:child_process";

const steps = [
  ["the contract's lint", "buf", ["lint", "proto"]],
  ["the contract's format", "buf", ["format", "--diff", "--exit-code", "proto"]],
  ["generated code", "buf", ["generate"]],
  [
    "generated code is as committed",
    "git",
    ["diff", "--exit-code", "HEAD", "--stat", "--", "packages/protocol/src/gen"],
  ],
  ["lint, format and import rules", "biome", ["ci", "--error-on-warnings", "."]],
  ["types", "tsc", ["-b"]],
  ["the packages as they are published", "node", ["scripts/check-packed.js"]],
  ["the README's picture shows the terminal client", "node", ["scripts/picture.js", "--check"]],
  [
    "everything public is documented",
    "npm",
    ["run", "--silent", "--workspace", "tools/api-reference", "check"],
  ],
  ["unused code and dependencies", "knip", []],
];

for (const [name, command, args] of steps) {
  process.stdout.write(`check: ${name}\n`);
  try {
    execFileSync(command, args, { stdio: "inherit" });
  } catch {
    process.stderr.write(`check failed: ${name} (${command} ${args.join(" ")})\n`);
    process.exit(1);
  }
}
process.stdout.write("check: all is well\n");
