import { createRequire } from "node:module";
import type { CommonPasswords } from "./domain/sessions/weak-passwords.ts";

const require = createRequire(import.meta.url);
let known: ReadonlySet<string> | null = null;

/**
 * 49,000 passwords that people have chosen, from breaches, in lower case (https://github.com/zxcvbn-ts/zxcvbn,
 * MIT). They are read when the first one is asked for.
 */
export const commonPasswords: CommonPasswords = {
  has(password) {
    known ??= new Set(require("@zxcvbn-ts/language-common/src/passwords.json") as readonly string[]);
    return known.has(password);
  },
};
