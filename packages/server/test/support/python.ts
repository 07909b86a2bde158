import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { python } from "./needs.ts";
import { root } from "./runtimes.ts";

/** The command that `README.md` tells a newcomer to run, word for word. */
export const GENERATE_STUBS =
  "python3 -m grpc_tools.protoc -I proto --python_out=. --grpc_python_out=. proto/chat.proto proto/user.proto";

/** A folder that looks like the repository to a newcomer, in which Python stubs may be written. */
export interface Workplace extends Disposable {
  readonly folder: string;
}

export function createWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "confab-workplace-"));
  for (const name of ["proto", "examples", "node_modules"]) symlinkSync(join(root, name), join(folder, name));
  return {
    folder,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs the README's command, with the Python that has gRPC. */
export function generateStubs(folder: string): void {
  const [, ...args] = GENERATE_STUBS.split(" ");
  execFileSync(python ?? "python3", args, { cwd: folder });
}
