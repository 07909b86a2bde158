import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect } from "node:http2";
import { after, describe, test } from "node:test";
import { makeCertificate } from "../support/certificates.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { eventually, within } from "../support/wait.ts";
import { askWeb, callWeb, type WebAnswer } from "../support/web.ts";

/** Together they are more than a client of HTTP/2 takes before it reads. */
const MESSAGES = 20;
const TEXT = "x".repeat(16_000);
const way = "http2";

for (const runtime of runtimes) {
  describe(`a web port that stops, on ${runtime}`, () => {
    const folder = temporaryFolder();
    after(() => rmSync(folder, { recursive: true }));
    const { cert, key } = makeCertificate(folder, "localhost");
    const env = { CONFAB_TLS_CERT: cert, CONFAB_TLS_KEY: key, CONFAB_GUESTS: "true" };

    test("sends the answers that it has begun to their ends", async () => {
      await using server = await startServerProcess({ runtime, env });
      const guest = { guest: { displayName: "Ada" } };
      const { accessToken } = read(
        await callWeb(server.webPort, "AuthService/CreateSession", guest, { way }),
      );
      const headers = { authorization: `Bearer ${accessToken}` };
      const ask = (method: string, request: object) =>
        callWeb(server.webPort, method, request, { way, headers });
      await ask("RoomService/AddMembers", { roomId: "lobby", userIds: ["me"] });
      for (let index = 0; index < MESSAGES; index++) {
        await ask("ChatService/SendMessage", { roomId: "lobby", clientMessageId: `${index}`, text: TEXT });
      }

      const session = connect(`https://127.0.0.1:${server.webPort}`, { rejectUnauthorized: false });
      const listing = session.request({
        ...{ ":method": "POST", ":path": "/confab.v1.ChatService/ListMessages", ...headers },
        "content-type": "application/json",
      });
      listing.end(JSON.stringify({ roomId: "lobby", pageSize: MESSAGES }));
      const [answered] = await once(listing, "response");
      const exit = server.stop("SIGTERM");
      const isClosed = (): Promise<boolean> =>
        askWeb(server.webPort, "/healthz", { way }).then(
          () => false,
          () => true,
        );
      await eventually(isClosed, "closed port");
      const pieces: Buffer[] = [];
      for await (const piece of listing) pieces.push(piece as Buffer);
      assert.equal(Buffer.concat(pieces).length, Number(answered["content-length"]));
      assert.equal(await within(exit, "exit"), 0);
    });
  });
}

function read({ body }: WebAnswer): { readonly accessToken: string } {
  return JSON.parse(body.toString()) as { accessToken: string };
}
