import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { refusalOf } from "../support/client.ts";
import { PASSWORD, register } from "../support/people.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { eventually } from "../support/wait.ts";
import { refusalIn, WebPort } from "../support/web-request.ts";

const SIGN_IN = "/confab.v1.AuthService/CreateSession";
const MAX_CALLS = 20;
/** Together they hold more than the 8 MiB that all unfinished requests may hold. */
const UNFINISHED = 160;
const BODY_BYTES = 64 * 1024;
const { getUser } = v1.UserService.method;

for (const runtime of runtimes) {
  describe(`limits of the web port on ${runtime}`, async () => {
    const env = {
      CONFAB_TRUSTED_PROXIES: "127.0.0.1",
      CONFAB_RATE_LIMITS: "true",
      CONFAB_LIMIT_CALLS: `${MAX_CALLS}/86400`,
      CONFAB_LIMIT_SIGN_IN_ADDRESS: "5/86400",
    };
    const { server, client } = await forSuite(startServerProcess({ runtime, env }));
    const web = new WebPort(server);

    test("calls of both ports count together, and the refusal says when to try again", async () => {
      const ada = await register(client, "ada");
      for (let call = 0; call < MAX_CALLS / 2; call++) {
        assert.equal(
          (await web.json("/confab.v1.UserService/GetUser", { userId: "me" }, ada.token)).status,
          200,
        );
        await client.unary(getUser, { key: { case: "userId", value: "me" } }, ada);
      }
      const refused = await web.json("/confab.v1.UserService/GetUser", { userId: "me" }, ada.token);
      assert.deepEqual([refused.status, refusalIn(refused).reason], [429, "RATE_LIMITED"]);
      assert.ok(Number(refused.headers.get("retry-after")) > 0);
      assert.equal(
        (await refusalOf(client.unary(getUser, { key: { case: "userId", value: "me" } }, ada))).reason,
        "RATE_LIMITED",
      );
    });

    test("behind a trusted proxy, the address that it forwards is the caller's", async () => {
      const signIn = async (address: string, handle: string): Promise<number> => {
        const body = JSON.stringify({ password: { handle, password: PASSWORD } });
        const headers = { "x-forwarded-for": address };
        return (await web.request(SIGN_IN, { type: "application/json", headers, body })).status;
      };
      for (let guess = 0; guess < 5; guess++) assert.equal(await signIn("198.51.100.1", `no${guess}`), 401);
      assert.equal(await signIn("198.51.100.1", "no5"), 429);
      assert.equal(await signIn("203.0.113.7, 198.51.100.1", "no6"), 429);
      assert.equal(await signIn("198.51.100.2", "no7"), 401);
    });

    test("requests that don't end hold a bounded memory together, and block nobody", async () => {
      const answers: string[] = [];
      const head = [
        `POST ${SIGN_IN} HTTP/1.1`,
        "host: 127.0.0.1",
        "content-type: application/json",
        `content-length: ${BODY_BYTES}`,
      ];
      const unfinished = `${head.join("\r\n")}\r\n\r\n${" ".repeat(BODY_BYTES - 1)}`;
      const sockets = Array.from({ length: UNFINISHED }, (_, index) => {
        // Each from an address of its own, so that no other limit refuses it.
        const localAddress = `127.0.9.${index + 1}`;
        const socket = connect({ port: web.port, host: "127.0.0.1", localAddress }, () =>
          socket.write(unfinished),
        );
        socket.setEncoding("latin1").on("error", () => {});
        return socket.on("data", (answer: string) => answers.push(answer));
      });
      const sentAtMs = performance.now();
      await eventually(() => answers.length > 0, "refusal");
      // Not for their age, which is the reason after 15 s.
      assert.ok(performance.now() - sentAtMs < 10_000, "they were refused too late");
      assert.match(answers[0] ?? "", /^HTTP\/1.1 429 .*REQUEST_UNFINISHED/s);
      assert.ok(answers.length < UNFINISHED / 2, `${answers.length} of ${UNFINISHED} were refused`);
      const info = await web.request("/confab.v1.AuthService/GetServerInfo?encoding=json", {
        method: "GET",
        headers: { "x-forwarded-for": "192.0.2.77" },
      });
      assert.equal(info.status, 200);
      for (const socket of sockets) socket.destroy();
    });
  });
}
