import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where results are written, to be committed. */
export const resultsFolder = fileURLToPath(new URL("../results", import.meta.url));

/** A program of the bench itself, compiled, by its path in `src` without the ending. */
export function ownProgram(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

/** A module of the server, compiled, by its path in `src` without the ending: what makes data faster than calls do. */
export function serverModule(name: string): string {
  return new URL(`../../packages/server/dist/${name}.js`, import.meta.url).href;
}
