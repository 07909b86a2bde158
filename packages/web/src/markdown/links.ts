const LINK = /\bhttps?:\/\/[^\s\p{Cc}<>"'`]+/giu;
const TRAILING = /[.,:;!?*_~'"”’»…]+$/u;
const MAX_URL_CHARACTERS = 2_048;

/** A part of a text; `url` is null unless it is a link. */
export interface TextPart {
  readonly text: string;
  readonly url: string | null;
}

/** Finds the http and https addresses in a text. */
export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const address = trimmed(found);
    const url = safeUrl(address);
    if (url === null) continue;
    if (index > end) parts.push({ text: text.slice(end, index), url: null });
    parts.push({ text: address, url });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), url: null });
  return parts;
}

/** Returns the address in its standard form if it is http or https and names no user; null otherwise. */
export function safeUrl(address: string): string | null {
  if (address.length > MAX_URL_CHARACTERS || !/^https?:\/\//i.test(address)) return null;
  const url = URL.parse(address);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  // "https://bank.example@evil.example" looks like what it is not.
  return url.username === "" && url.password === "" ? url.href : null;
}

/** Leaves out the punctuation after an address, and a bracket that was opened before it. */
function trimmed(found: string): string {
  let address = found.replace(TRAILING, "");
  for (const [open, close] of ["()", "[]", "{}"]) {
    while (
      close !== undefined &&
      address.endsWith(close) &&
      count(address, close) > count(address, open ?? "")
    ) {
      address = address.slice(0, -1).replace(TRAILING, "");
    }
  }
  return address;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
