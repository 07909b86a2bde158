import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const sourceFolder = fileURLToPath(new URL("../native", import.meta.url));
const builtFolder = fileURLToPath(new URL("native", import.meta.url));

/**
 * Returns the path of one of the bench's C programs, and builds it first if its sources are newer. Null without gcc.
 */
export function nativeProgram(name: "listen" | "rooms" | "limit"): string | null {
  const built = join(builtFolder, name);
  const newest = Math.max(
    ...readdirSync(sourceFolder).map((file) => statSync(join(sourceFolder, file)).mtimeMs),
  );
  if ((statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0) > newest) return built;
  if (!findProgram("gcc")) return null;
  mkdirSync(builtFolder, { recursive: true });
  execFileSync("gcc", ["-O2", "-std=gnu17", join(sourceFolder, `${name}.c`), "-lm", "-o", built]);
  return built;
}

/** Finds an installed program; null if there is none. Debian puts servers where a user's PATH may not look. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  const paths = folders.map((folder) => join(folder, name));
  return paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile()) ?? null;
}
