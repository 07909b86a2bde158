/**
 * Splits text into the words that search knows it by. The index and the queries of every database use this one
 * tokenizer, so a word is found however it was typed: in whichever case, width or accents.
 */

/** Raise it when the tokens of any text change: the index is then rebuilt. */
export const TOKENIZER_VERSION = 1;

/** A longer word is cut, in the index and in queries alike. In UTF-16 code units. */
const MAX_TOKEN_LENGTH = 64;

/** Scripts that put no blanks between words, and Hangul, whose words carry their particles. */
const UNSPACED =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}" +
  "\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Hangul}\\u30fc";

const ASCII = /^[\0-\x7f]*$/;
const ASCII_WORDS = /[a-z0-9]+/g;
const ASCII_WORD = /[a-z0-9]/i;
/** A word that is cut. */
const LONG_ASCII_WORD = /[a-z0-9]{65}/i;
/** A run of an unspaced script; an emoji or a flag; a word of any other script. */
const PARTS = new RegExp(
  `(?<run>[${UNSPACED}][${UNSPACED}\\p{M}]*)` +
    "|(?<emoji>\\p{RI}\\p{RI}|(?!\\p{N})\\p{Extended_Pictographic})" +
    `|(?<word>(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+)`,
  "gu",
);

const END_OF_RUN = new RegExp(`^[${UNSPACED}]$`, "u");

/** Accents of Latin, Greek, Hebrew and Arabic, the dots of a Cyrillic ё, and the Arabic tatweel. */
const ACCENTS =
  /(?<=[\p{Script=Latin}\p{Script=Greek}][\u0300-\u036f]*)[\u0300-\u036f]|(?<=е)\u0308|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]/gu;

/** Parts of an emoji that only change its look: variation selectors, skin tones, joiners. */
const EMOJI_LOOKS = /[\u200d\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/gu;

/** Letters that no normalization takes apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  ς: "σ",
  ı: "i",
  ł: "l",
  đ: "d",
  ø: "o",
  ħ: "h",
  ŧ: "t",
  æ: "ae",
  œ: "oe",
  ð: "d",
  þ: "th",
};
const SPECIAL_LETTERS = /[ßςıłđøħŧæœðþ]/g;

/**
 * Returns the tokens of a text in their order: of a run of an unspaced script its overlapping pairs of characters,
 * then the last character alone.
 */
export function tokenize(text: string): readonly string[] {
  if (ASCII.test(text)) return (text.toLowerCase().match(ASCII_WORDS) ?? []).map(cut);
  const tokens: string[] = [];
  for (const { groups = {} } of fold(text).matchAll(PARTS)) {
    const { run, emoji, word } = groups;
    if (run !== undefined) addPairs(run, tokens);
    else tokens.push(emoji ?? cut(word ?? ""));
  }
  return tokens;
}

/**
 * Returns the tokens of a text as the index keeps them. Between them are blanks, or other ASCII that is no letter and no
 * digit: most texts are kept as they are, in a fifth of the time.
 */
export function toIndexed(text: string): string {
  // At U+0000 a database may end a text.
  const isPlain = ASCII.test(text) && !text.includes("\0") && !hasLongAsciiWord(text);
  if (!isPlain) return tokenize(text).join(" ");
  return ASCII_WORD.test(text) ? text.toLowerCase() : "";
}

function hasLongAsciiWord(text: string): boolean {
  // A word of 65 has one of these places in it. To look at every place would take twice the time of all the rest.
  for (let place = MAX_TOKEN_LENGTH; place < text.length; place += MAX_TOKEN_LENGTH + 1) {
    const isInWord = ASCII_WORD.test(text.charAt(place));
    const around = text.slice(place - MAX_TOKEN_LENGTH, place + MAX_TOKEN_LENGTH + 1);
    if (isInWord && LONG_ASCII_WORD.test(around)) return true;
  }
  return false;
}

/** Returns true for a token that is one character of an unspaced script: the end of its run. */
export function isEndOfRun(token: string): boolean {
  return END_OF_RUN.test(token);
}

function cut(word: string): string {
  return word.length > MAX_TOKEN_LENGTH ? word.slice(0, MAX_TOKEN_LENGTH) : word;
}

/** The last character stands by itself too, so that every character begins a token. */
function addPairs(run: string, tokens: string[]): void {
  const characters = [...run];
  for (let index = 0; index < characters.length; index++) {
    tokens.push(`${characters[index]}${characters[index + 1] ?? ""}`);
  }
}

function fold(text: string): string {
  return text
    .normalize("NFKC")
    .replace(EMOJI_LOOKS, "")
    .toLowerCase()
    .normalize("NFD")
    .replace(ACCENTS, "")
    .normalize("NFC")
    .replace(SPECIAL_LETTERS, (letter) => LETTERS[letter] ?? letter);
}
