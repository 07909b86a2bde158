import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Committed results are written here. */
export const resultsFolder = fileURLToPath(new URL("../results", import.meta.url));

/** Returns the path of a compiled program of the bench. `name` is its path in `src` without the ending. */
export function ownProgram(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

/**
 * Returns the path of a compiled module of the server, for creating data faster than calls do. `name` is its path in
 * `src` without the ending.
 */
export function serverModule(name: string): string {
  return new URL(`../../packages/server/dist/${name}.js`, import.meta.url).href;
}
