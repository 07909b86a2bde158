import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { Collector, TestClient } from "../support/client.ts";
import { assertMemorySettles } from "../support/memory.ts";
import { register } from "../support/people.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { eventually } from "../support/wait.ts";

const MIB = 1024 * 1024;
/** Requests of a MiB, and those among them that must go: all of a connection hold 4 MiB at most. */
const LARGE = 30;
const MOST = 20;
const ENHANCE_YOUR_CALM = 11;
const { chat } = simple.ChatService.method;

for (const runtime of runtimes) {
  describe(`unfinished requests on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const { pid } = server.process;
    assert.ok(pid);

    test("those that never end are reset after 15 s, and those that hold much before that", async () => {
      using talker = new TestClient(server.address);
      const talk = talker.bidi(chat, ada);
      const heard = new Collector(talk);
      talk.write({ text: "first" });
      await heard.until(({ text }) => text === "first");
      const session = connectHttp2(`http://${server.address}`);
      try {
        const beganAt = performance.now();
        const silent = begin(session, null);
        const large = beginLarge(session);
        let resetFirst = 0;
        silent.once("close", () => {
          resetFirst = countClosed(large);
        });
        const small = [
          "/ChatService/SendMessage",
          "/ChatService/Chat",
          "/confab.v1.AuthService/GetServerInfo",
        ];
        const others = small.map((path) => begin(session, Buffer.from([0, 0]), path));
        const all = [...large, ...others, silent];
        await eventually(() => all.every(({ closed }) => closed), "reset of all");
        assert.ok(resetFirst >= MOST, `${resetFirst} were reset for what they hold`);
        assert.ok(performance.now() - beganAt > 12_000);
        for (const { rstCode } of all) assert.equal(rstCode, ENHANCE_YOUR_CALM);
      } finally {
        session.destroy();
      }
      talk.write({ text: "after a long silence" });
      await heard.until(({ text }) => text === "after a long silence");
      talk.end();
    });

    test("those that were reset leave nothing behind", async () => {
      await assertMemorySettles(pid, async () => {
        const session = connectHttp2(`http://${server.address}`);
        const large = beginLarge(session);
        await eventually(() => countClosed(large) >= MOST, "reset of those that hold much");
        session.destroy();
      });
    });

    test("what all connections hold is bounded too, and small requests are let through meanwhile", async () => {
      const sessions = Array.from({ length: 10 }, () => connectHttp2(`http://${server.address}`));
      try {
        // Fewer on each connection than it may hold, and more in all.
        const bodies = sessions.flatMap((session) =>
          Array.from({ length: 3 }, () => begin(session, Buffer.alloc(MIB - 1_024))),
        );
        await eventually(() => countClosed(bodies) > 0, "reset of those of the connection that holds most");
        assert.ok(countClosed(bodies) < bodies.length, "the others go on");
        const { sendMessage } = simple.ChatService.method;
        await client.unary(sendMessage, { text: "small" }, ada);
      } finally {
        for (const session of sessions) session.destroy();
      }
    });

    test("of connections that hold much, one that has sent no request to its end is closed", async () => {
      const open = () => connectHttp2(`http://${server.address}`).on("error", () => {});
      const proven = open();
      const others = Array.from({ length: 12 }, open);
      try {
        await once(begin(proven, null).end(), "close");
        const bodies = Array.from({ length: 3 }, () => begin(proven, null));
        // A write calls back once the server has read it, but for what its window takes.
        await Promise.all(
          bodies.map((body) => new Promise<unknown>((read) => body.write(unfinishedBody(), read))),
        );
        for (const other of others) begin(other, unfinishedBody());
        await eventually(() => countClosed(bodies) === 3, "reset of what the proven connection sends");
        await eventually(() => others.some(({ destroyed }) => destroyed), "end of a connection");
        await once(begin(proven, null).end(), "close");
        assert.ok(!proven.destroyed);
      } finally {
        for (const session of [proven, ...others]) session.destroy();
      }
    });

    test("large requests that end are answered, many over one connection", async () => {
      const { getUser } = v1.UserService.method;
      const me = { key: { case: "userId", value: "me" } } as const;
      const filled = { ...ada, metadata: { "x-note": "x".repeat(8_000) } };
      await Promise.all(Array.from({ length: 200 }, () => client.unary(getUser, me, filled)));
      const { sendMessage } = simple.ChatService.method;
      for (let count = 0; count < 100; count++) {
        await client.unary(sendMessage, { text: "x".repeat(4_000) }, ada);
      }
    });
  });
}

function unfinishedBody(): Buffer {
  const body = Buffer.alloc(MIB - 1_024);
  body.writeUInt32BE(MIB - 5, 1);
  return body;
}

/** Begins calls that hold far more together than a connection may. */
function beginLarge(session: ClientHttp2Session): readonly ClientHttp2Stream[] {
  return Array.from({ length: LARGE }, () => begin(session, Buffer.alloc(MIB - 1_024)));
}

function countClosed(streams: readonly ClientHttp2Stream[]): number {
  return streams.filter(({ closed }) => closed).length;
}

/** Begins a call whose message is a MiB long, and sends these bytes of it. */
function begin(
  session: ClientHttp2Session,
  bytes: Buffer | null,
  path = "/ChatService/SendMessage",
): ClientHttp2Stream {
  const stream = session.request({
    ...{ ":method": "POST", ":path": path },
    ...{ "content-type": "application/grpc", te: "trailers" },
  });
  stream.on("error", () => {});
  stream.resume();
  if (!bytes) return stream;
  if (bytes.length > 5) bytes.writeUInt32BE(MIB - 5, 1);
  stream.write(bytes);
  return stream;
}
