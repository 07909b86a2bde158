import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { auditOf, PASSWORD, register } from "../support/people.ts";
import { rawCall } from "../support/raw-call.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { createSession } = v1.AuthService.method;

const PROXY = "127.0.7.1";

for (const runtime of runtimes) {
  describe(`callers behind proxies on ${runtime}`, async () => {
    const env = {
      CONFAB_TRUSTED_PROXIES: "127.0.7.0/24",
      CONFAB_RATE_LIMITS: "true",
      CONFAB_LIMIT_SIGN_IN_ADDRESS: "5/86400",
    };
    const { server, client } = await forSuite(startServerProcess({ runtime, env }));
    const ada = await register(client, "ada");
    let guesses = 0;

    /** Signs in through a proxy that adds these headers; guesses at another account each time unless told. */
    async function signIn(forwarded: readonly string[], { from = PROXY, handle = "" } = {}): Promise<number> {
      const password = { handle: handle || `nobody${guesses++}`, password: PASSWORD };
      const headers = forwarded.map((value) => ["x-forwarded-for", value] as const);
      const credential = { case: "password", value: password } as const;
      return (await rawCall(server.address, createSession, { credential }, { from, headers })).code;
    }

    async function useUp(forwarded: readonly string[], options: { from?: string } = {}): Promise<void> {
      for (let count = 0; count < 5; count++) {
        assert.equal(await signIn(forwarded, options), status.UNAUTHENTICATED);
      }
      assert.equal(await signIn(forwarded, options), status.RESOURCE_EXHAUSTED);
    }

    test("wrong passwords of one caller lock out nobody else behind the proxy", async () => {
      await useUp(["198.51.100.1"]);
      assert.equal(await signIn(["198.51.100.2"], { handle: "ada" }), status.OK);
      assert.equal(await signIn(["203.0.113.9, 198.51.100.1"]), status.RESOURCE_EXHAUSTED);
      assert.equal(await signIn(["198.51.100.1, 127.0.7.9"]), status.RESOURCE_EXHAUSTED);
    });

    test("a proxy's own header counts, and not the one that the caller has sent", async () => {
      await useUp(["203.0.113.1", "198.51.100.10"]);
      assert.equal(await signIn(["203.0.113.2", "198.51.100.10"]), status.RESOURCE_EXHAUSTED);
      assert.equal(await signIn(["198.51.100.10", "203.0.113.3"]), status.UNAUTHENTICATED);
    });

    test("the header of whoever is no trusted proxy is ignored", async () => {
      await useUp(["198.51.100.20"], { from: "127.0.8.1" });
      assert.equal(await signIn(["198.51.100.21"], { from: "127.0.8.1" }), status.RESOURCE_EXHAUSTED);
      assert.equal(await signIn(["198.51.100.20"]), status.UNAUTHENTICATED);
    });

    test("a malformed header counts for the proxy", async () => {
      const malformed = ["", "unknown", "198.51.100.30, x", "198.51.100.30é", "1.2.3.4.5"];
      for (const value of malformed) assert.equal(await signIn([value]), status.UNAUTHENTICATED, value);
      assert.equal(await signIn(["198.51.100.31,"]), status.RESOURCE_EXHAUSTED);
      assert.equal(await signIn(["198.51.100.31"]), status.UNAUTHENTICATED);
    });

    test("IPv6 addresses count by their /64, and IPv4 within IPv6 as IPv4", async () => {
      for (let host = 1; host <= 5; host++) {
        assert.equal(await signIn([`2001:db8:1:2::${host}`]), status.UNAUTHENTICATED);
      }
      assert.equal(await signIn(["2001:db8:1:2:3:4:5:6"]), status.RESOURCE_EXHAUSTED);
      assert.equal(await signIn(["2001:db8:1:3::1"]), status.UNAUTHENTICATED);
      await useUp(["198.51.100.40"]);
      assert.equal(await signIn(["::ffff:198.51.100.40"]), status.RESOURCE_EXHAUSTED);
    });

    test("the audit trail has the caller's address", async () => {
      assert.equal(await signIn(["203.0.113.9, 2001:DB8::7"], { handle: "ada" }), status.OK);
      const entries = await auditOf(server, ada.id);
      const addresses = entries.filter(({ action }) => action === "sign-in").map(({ address }) => address);
      assert.ok(addresses.includes("2001:db8::7"), addresses.join(" "));
    });
  });
}
