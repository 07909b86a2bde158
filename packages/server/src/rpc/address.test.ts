import assert from "node:assert/strict";
import { test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { createAddressOf } from "./address.ts";

const proxies = createAddressOf([
  { address: "10.0.0.0", prefixBits: 8 },
  { address: "2001:db8:5::", prefixBits: 48 },
]);

function via(peer: string, ...forwarded: readonly string[]): Parameters<typeof proxies>[0] {
  const metadata = new Metadata();
  for (const value of forwarded) metadata.add("x-forwarded-for", value);
  return { metadata, getPeer: () => peer };
}

test("the peer is the caller, unless it is a trusted proxy", () => {
  const nobody = createAddressOf([]);
  for (const addressOf of [nobody, proxies]) {
    assert.equal(addressOf(via("192.0.2.1:5", "198.51.100.1")), "192.0.2.1");
    assert.equal(addressOf(via("::ffff:192.0.2.1:5", "198.51.100.1")), "192.0.2.1");
    assert.equal(addressOf(via("2001:db8::1:5", "198.51.100.1")), "2001:db8::1");
    assert.equal(addressOf(via("unknown", "198.51.100.1")), "unknown");
  }
  assert.equal(nobody(via("10.0.0.1:5", "198.51.100.1")), "10.0.0.1");
});

test("behind trusted proxies it is the last address that is none of them", () => {
  const cases: readonly (readonly [forwarded: readonly string[], address: string])[] = [
    [["198.51.100.1"], "198.51.100.1"],
    [["203.0.113.9, 198.51.100.1"], "198.51.100.1"],
    [["203.0.113.9, 198.51.100.1, 10.1.1.1,2001:db8:5::7"], "198.51.100.1"],
    [["203.0.113.9", "198.51.100.1"], "198.51.100.1"],
    [["198.51.100.1:4711"], "198.51.100.1"],
    [["[2001:db8::9]:4711"], "2001:db8::9"],
    [["[2001:DB8::9]"], "2001:db8::9"],
    [["::ffff:198.51.100.1"], "198.51.100.1"],
    [["10.2.2.2, 10.1.1.1"], "10.2.2.2"],
  ];
  for (const peer of ["10.0.0.1:5", "::ffff:10.0.0.1:5", "2001:db8:5::1:5"]) {
    for (const [forwarded, address] of cases) {
      assert.equal(proxies(via(peer, ...forwarded)), address, forwarded.join(" | "));
    }
  }
});

test("what is malformed names nobody: the proxy that forwarded it counts", () => {
  for (const value of ["", "unknown", "_hidden", "198.51.100.1, ", "198.51.100.1, x", "1.2.3.4.5", ",,,"]) {
    assert.equal(proxies(via("10.0.0.1:5", value)), "10.0.0.1", value);
    assert.equal(proxies(via("10.0.0.1:5", `${value}, 10.1.1.1`)), "10.1.1.1", value);
  }
  assert.equal(proxies(via("10.0.0.1:5")), "10.0.0.1");
});
