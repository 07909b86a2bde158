import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_AVATAR_URL_CHARACTERS, parseAvatarUrl } from "./avatar.ts";

const TOO_LONG = { name: "ChatError", reason: "PROFILE_FIELD_TOO_LONG", field: "user.avatar_url" };
const INVALID = { name: "ChatError", reason: "PROFILE_FIELD_INVALID", field: "user.avatar_url" };
const parse = (value: string) => parseAvatarUrl(value, "user.avatar_url");

test("an https address is taken, and none at all", () => {
  assert.equal(parse(""), "");
  const address = "https://cdn.example.com:8443/a/b.png?size=64&v=2#x";
  assert.equal(parse(address), address);
  assert.equal(parse("HTTPS://cdn.example.com/a.png"), "https://cdn.example.com/a.png");
});

test("an address is written in ASCII, so that no two look alike and none breaks out of an attribute", () => {
  assert.equal(parse("https://еxample.com/ü.png"), "https://xn--xample-2of.com/%C3%BC.png");
  assert.equal(parse('https://example.com/"><script>'), "https://example.com/%22%3E%3Cscript%3E");
});

test("any other scheme, and what parsers disagree about, is refused", () => {
  for (const value of [
    "http://example.com/a.png",
    "javascript:alert(1)",
    "data:image/png;base64,AAAA",
    "//example.com/a.png",
    "/a.png",
    "example.com/a.png",
    "https:example.com",
    "https:/example.com",
    "https:///example.com",
    "https:\\\\example.com",
    "https://example.com\\@evil.example",
    "https://",
    "https://?x",
    " https://example.com",
    "https://example.com/a b",
    "https://example.com/\na",
    "ht\ntps://example.com",
    "https://exa\tmple.com",
    "https://example.com/\u202egnp.a",
    "https://exa\u00admple.com/",
    "https://example.com:99999/",
    "https://[::1/",
  ]) {
    assert.throws(() => parse(value), INVALID, JSON.stringify(value));
  }
});

test("an address with a name or a password in it is refused", () => {
  assert.throws(() => parse("https://user@example.com/"), INVALID);
  assert.throws(() => parse("https://:secret@example.com/"), INVALID);
  assert.throws(() => parse("https://example.com@evil.example/"), INVALID);
});

test("an address takes at most 2,048 characters, as given and as written", () => {
  const base = "https://example.com/";
  const rest = MAX_AVATAR_URL_CHARACTERS - base.length;
  assert.equal(parse(base + "a".repeat(rest)).length, 2048);
  assert.throws(() => parse(base + "a".repeat(rest + 1)), TOO_LONG);
  assert.throws(() => parse(base + "ü".repeat(400)), TOO_LONG);
});

test("what is taken is taken again, unchanged, and is https", () => {
  const addresses = fc.oneof(
    fc.webUrl({ validSchemes: ["https"], withQueryParameters: true, withFragments: true }),
    fc.string({ unit: "binary" }).map((rest) => `https://example.com/${rest}`),
  );
  fc.assert(
    fc.property(addresses, (address) => {
      let parsed: string;
      try {
        parsed = parse(address);
      } catch (error) {
        assert.equal((error as Error).name, "ChatError");
        return;
      }
      assert.match(parsed, /^https:\/\/[\x21-\x7e]+$/);
      assert.equal(parse(parsed), parsed);
    }),
  );
});
