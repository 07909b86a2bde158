import { spawnSync } from "node:child_process";

/**
 * What some tests need beside Node. A test that lacks it is skipped with a line that says so, unless
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

export const hasStrace = runs("strace", ["-V"]);

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
