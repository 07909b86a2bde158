import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf, parseAddress } from "./addresses.ts";

test("an address has one form, and what is none is null", () => {
  const forms: readonly (readonly [string, string | null])[] = [
    ["192.0.2.1", "192.0.2.1"],
    ["255.255.255.255", "255.255.255.255"],
    ["0.0.0.0", "0.0.0.0"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:201", "192.0.2.1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::1", "::1"],
  ];
  for (const [text, address] of forms) assert.equal(parseAddress(text), address, text);
  const wrong = ["", "unknown", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4.", "0x7f.1", "1"];
  const wrong6 = ["1::2::3", ":::", "2001:db8::1]/x[", "::1 ", "2001:db8::g", "[::1]", "1.2.3.4:5", "a@b"];
  for (const text of [...wrong, ...wrong6, "::1]:80@[::2"]) assert.equal(parseAddress(text), null, text);
});

test("limits count an IPv6 address by its /64, and an IPv4 address by itself", () => {
  assert.equal(networkOf("192.0.2.1"), "192.0.2.1");
  assert.equal(networkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(networkOf("2001:db8:1:2::9"), "2001:db8:1:2::/64");
  assert.equal(networkOf("2001:db8::9"), "2001:db8:0:0::/64");
  assert.equal(networkOf("::1"), "0:0:0:0::/64");
  assert.equal(networkOf("2001::"), "2001:0:0:0::/64");
  assert.equal(networkOf("unknown"), "unknown");
});
