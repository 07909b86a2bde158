import { ERASED_SENDER_NAME } from "../messages/message.ts";

/** For each letter of the name of erased accounts, what looks like it. From Unicode's confusables (UTS 39). */
const LOOKALIKES: Readonly<Record<string, string>> = {
  d: "ԁժɗᴅ",
  e: "еҽ℮ᴇ3",
  l: "iıіⅼӏǀ|!1ʟ",
  t: "тτᴛ7",
  u: "υսᴜμ",
  s: "ѕꜱʂ$5",
  r: "гᴦʀ",
};

const letterOf = new Map(
  Object.entries(LOOKALIKES).flatMap(([letter, others]) => [...others].map((other) => [other, letter])),
);

const ERASED = ERASED_SENDER_NAME.replaceAll(" ", "");
const LETTER = /\p{L}/u;

/** Returns true for a name that a reader would take for that of an erased account, as `De1eted_User` and `dеleted user`. */
export function imitatesErased(name: string): boolean {
  // The numbers of letters that may have been spelt so far: a sign that looks like a letter, such as "!", may also be none.
  let spelt: readonly number[] = [0];
  for (const character of name.normalize("NFKD").toLowerCase()) {
    const letter = letterOf.get(character) ?? character;
    const further = spelt.filter((count) => ERASED[count] === letter).map((count) => count + 1);
    spelt = LETTER.test(character) ? further : [...new Set([...spelt, ...further])];
  }
  return spelt.includes(ERASED.length);
}
