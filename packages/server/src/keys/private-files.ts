import { open, rename, stat } from "node:fs/promises";

const PRIVATE_FILE = 0o600;
const FOR_OTHERS = 0o077;

/** Writes a file that its owner alone can read. It is there whole or not at all, whenever the process ends. */
export async function writePrivate(path: string, content: string): Promise<void> {
  const file = await open(`${path}.new`, "w", PRIVATE_FILE);
  await file.writeFile(content);
  await file.sync();
  await file.close();
  await rename(`${path}.new`, path);
}

/** @throws Error that names the file when others can read it */
export async function requirePrivate(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & FOR_OTHERS) === 0) return;
  throw new Error(`the key ${path} can be read by others: chmod 600 it, and rotate it if they may have`);
}
