import { spawnSync } from "node:child_process";

/**
 * Programs that some tests need beside Node. A test that lacks it is skipped with a line that says so, unless
 * `CONFAB_TEST_REQUIRE=all` demands that nothing is skipped.
 */
const isAllRequired = process.env.CONFAB_TEST_REQUIRE === "all";

/** The `skip` option of a test: false to run it, or why it is skipped. */
export function needs(what: string, isThere: boolean): string | false {
  if (isThere || isAllRequired) return false;
  return `needs ${what}, which is not on this machine`;
}

/** The first Python on this machine that has gRPC and its protoc, or null. */
export const python = ["python3", "/usr/bin/python3"].find((program) =>
  runs(program, ["-c", "import grpc, grpc_tools"]),
);

/**
 * The command of the example's README that generates Python stubs of the full contract here: of the pip package, or of
 * Debian's protoc where the pip package's doesn't know `optional` yet.
 */
export const stubTool = [
  { prefix: "python3 -m grpc_tools.protoc", version: [python ?? "", "-m", "grpc_tools.protoc", "--version"] },
  { prefix: "protoc", version: ["protoc", "--version"] },
].find(({ version: [program = "", ...args] }) => {
  const { stdout } = spawnSync(program, args, { encoding: "utf8" });
  const [, major, minor] = /libprotoc (\d+)\.(\d+)/.exec(stdout ?? "") ?? [];
  return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 15);
})?.prefix;

/** `script` of util-linux runs a program on a pseudo-terminal. */
export const hasScript = (spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "").includes(
  "util-linux",
);

/** Asks npm's registry for one small package. */
export function hasRegistry(): boolean {
  return runs("npm", [
    "view",
    "react",
    "version",
    "--prefer-online",
    "--fetch-retries=0",
    "--fetch-timeout=10000",
  ]);
}

export const hasStrace = runs("strace", ["-V"]);

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
