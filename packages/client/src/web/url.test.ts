import assert from "node:assert/strict";
import { test } from "node:test";
import { parseServerUrl } from "./url.ts";

test("a server's URL is one of HTTP, and may have a path", () => {
  assert.equal(parseServerUrl("https://chat.example.org"), "https://chat.example.org");
  assert.equal(parseServerUrl("http://localhost:8080/"), "http://localhost:8080");
  assert.equal(parseServerUrl("https://example.org/chat/"), "https://example.org/chat");
});

test("what is no such URL is refused; without a page there is no own server", () => {
  const urls = [
    "",
    "/",
    "localhost:50051",
    "ftp://x",
    "https://",
    "https://user@x",
    "https://x?y",
    "https://x#y",
  ];
  for (const url of urls) assert.throws(() => parseServerUrl(url), { reason: "ADDRESS_INVALID" }, url);
});
