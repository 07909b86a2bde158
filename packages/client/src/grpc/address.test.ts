import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "./address.ts";

test("an address is a host and a port, or a socket's path, and says whether it is this machine", () => {
  const isLoopback = (address: string): boolean => parseAddress(address).isLoopback;
  for (const address of [
    "localhost:50051",
    "LOCALHOST:1",
    "127.0.0.1:65535",
    "127.9.9.9:1",
    "[::1]:1",
    "unix:/tmp/s",
  ]) {
    assert.ok(isLoopback(address), address);
  }
  for (const address of ["chat.example.org:443", "10.0.0.1:1", "[2001:db8::1]:1", "localhost.example:1"]) {
    assert.ok(!isLoopback(address), address);
  }
});

test("what is neither is refused, with what was given", () => {
  for (const address of [
    "",
    "x",
    "x:",
    ":1",
    "x:0",
    "x:65536",
    "http://x:1",
    "x y:1",
    "user@x:1",
    "x:1/y",
    "unix:",
  ]) {
    assert.throws(
      () => parseAddress(address),
      { reason: "ADDRESS_INVALID", name: "InvalidArgumentError" },
      address,
    );
  }
});
