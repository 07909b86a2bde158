const DEGREES = 360;
/** Neighbouring numbers get hues that are far apart. */
const GOLDEN_ANGLE = 137.508;
const HUES = 24;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Returns up to two letters that stand for a name; `?` for a name without letters or digits. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}\p{M}\p{Emoji_Presentation}]+/u).filter((word) => word !== "");
  const [first, ...others] = words.map(firstGrapheme);
  const last = others.at(-1) ?? "";
  return first === undefined ? "?" : `${first}${last}`.toLocaleUpperCase();
}

/** Returns a hue in degrees, the same for the same id. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const character of id) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return Math.round(((hash % HUES) * GOLDEN_ANGLE) % DEGREES);
}

function firstGrapheme(word: string): string {
  for (const { segment } of graphemes.segment(word)) return segment;
  return "";
}
