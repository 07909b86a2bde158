import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Returns the folder of the built page of the package `@confab/web`; null where it isn't installed or isn't built. */
export function findWebRoot(): string | null {
  const manifest = resolveManifest();
  if (manifest === null) return null;
  const folder = fileURLToPath(new URL("dist", manifest));
  return existsSync(join(folder, "index.html")) ? folder : null;
}

function resolveManifest(): string | null {
  try {
    return import.meta.resolve("@confab/web/package.json");
  } catch {
    return null;
  }
}
