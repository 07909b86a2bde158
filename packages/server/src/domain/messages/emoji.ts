import { ChatError } from "../errors.ts";

const MAX_NAME_CHARACTERS = 32;
/** One emoji, as Unicode recommends it for general interchange: the set RGI of UTS 51. */
const RGI_EMOJI = /^\p{RGI_Emoji}$/v;
const NAME = /^:[a-z0-9_+-]+:$/;
const VARIATION_SELECTORS = /[\ufe0e\ufe0f]/gu;
/** An emoji that is shown as text unless U+FE0F follows it. A skin tone stands in its place. */
const TEXT_BY_DEFAULT = /(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu;

/**
 * Checks what someone reacts with, one emoji or `:name:`, and returns its one form: NFC, with U+FE0F where RGI has it. So
 * "❤" and "❤️" are the same.
 *
 * @throws ChatError FIELD_REQUIRED, FIELD_INVALID, FIELD_TOO_LONG
 */
export function parseEmoji(input: string, field: string): string {
  if (input === "") throw new ChatError("FIELD_REQUIRED", `${field} is missing`, { field });
  if (NAME.test(input)) {
    if (input.length <= MAX_NAME_CHARACTERS) return input;
    const problem = `${field} has ${input.length} characters; at most ${MAX_NAME_CHARACTERS} are allowed`;
    throw new ChatError("FIELD_TOO_LONG", problem, { field });
  }
  const emoji = input
    .normalize("NFC")
    .replace(VARIATION_SELECTORS, "")
    .replace(TEXT_BY_DEFAULT, (character) => `${character}\ufe0f`);
  if (RGI_EMOJI.test(emoji)) return emoji;
  const problem = `${field} is neither one emoji nor a :name: of a-z, 0-9, "_", "+" and "-"`;
  throw new ChatError("FIELD_INVALID", problem, { field });
}
