import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const sourceFolder = fileURLToPath(new URL("../native", import.meta.url));
const builtFolder = fileURLToPath(new URL("native", import.meta.url));

/** The path of a C program of the bench, built when its sources are newer; null where there is no gcc. */
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

/** The path of an installed program; null when it isn't. Debian keeps servers where users' PATH may not lead. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  const paths = folders.map((folder) => join(folder, name));
  return paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile()) ?? null;
}
