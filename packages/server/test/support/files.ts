import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Everything that is written in the files of a folder, by their names. Sockets and the like are left out. */
export function readFiles(folder: string): ReadonlyMap<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return new Map(
    files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name))]),
  );
}

/** Finds those of these that are in a file of the folder, each with the file's name. */
export function findInFiles(folder: string, texts: Readonly<Record<string, string>>): readonly string[] {
  return [...readFiles(folder)].flatMap(([path, bytes]) =>
    Object.entries(texts)
      .filter(([, text]) => bytes.includes(text))
      .map(([what]) => `${what} in ${path}`),
  );
}
