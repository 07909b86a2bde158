/** Short forms that people type, besides the names of the list. */
const SHORT_FORMS: Readonly<Record<string, string>> = {
  ":)": "🙂",
  ":(": "🙁",
  ":D": "😀",
  "<3": "❤️",
  ok: "👌",
  thanks: "🙏",
};

/** One emoji, as Unicode recommends it for general interchange: the set RGI of UTS 51. */
const RGI_EMOJI = /^\p{RGI_Emoji}$/v;
const VARIATION_SELECTORS = /[\ufe0e\ufe0f]/gu;
/** An emoji that is shown as text unless U+FE0F follows it. A skin tone stands in its place. */
const TEXT_BY_DEFAULT = /(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu;

/**
 * Reads an emoji, its name (`tada` or `:tada:`) or a short form. Returns it in the form in which the server stores it;
 * null if the word is none.
 */
export async function parseEmoji(word: string): Promise<string | null> {
  if (Object.hasOwn(SHORT_FORMS, word)) return SHORT_FORMS[word] ?? null;
  const emoji = word
    .normalize("NFC")
    .replace(VARIATION_SELECTORS, "")
    .replace(TEXT_BY_DEFAULT, (character) => `${character}\ufe0f`);
  if (RGI_EMOJI.test(emoji)) return emoji;
  const name = word.replace(/^:(.*):$/u, "$1").toLowerCase();
  const names = await emojiNames();
  return Object.hasOwn(names, name) ? (names[name] ?? null) : null;
}

/** The names of emoji, as GitHub and many chats have them. Loaded when the first one is asked for. */
export async function emojiNames(): Promise<Readonly<Record<string, string>>> {
  return (await import("gemoji")).nameToEmoji;
}
