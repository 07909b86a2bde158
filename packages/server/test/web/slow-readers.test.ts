import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { simple } from "@confab/protocol";
import { TestClient } from "../support/client.ts";
import { assertMemorySettles } from "../support/memory.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { eventually } from "../support/wait.ts";
import { WebChannel } from "../support/web-channel.ts";
import { envelope } from "../support/web-request.ts";
import { Broadcast, numberOf, Sequence } from "../torture/broadcast.ts";

const TEXT_BYTES = 16 * 1024;
const SILENT = 30;
const SENDS_PER_ROUND = 40;
/** The server notices a client that reads nothing once the operating system's buffers are full, about 4 MiB. */
const SENDS = 600;

for (const runtime of runtimes) {
  describe(`slow readers on the web port on ${runtime}`, { timeout: 600_000 }, () => {
    test("those who stop reading cost a bounded memory and lose their streams, and the others miss nothing", async () => {
      const env = { CONFAB_MAX_STREAMS_PER_USER: String(SILENT + 1) };
      await using server = await startServerProcess({ runtime, env });
      using broadcast = new Broadcast(server.address, TEXT_BYTES);
      await broadcast.send();
      using over = new TestClient(new WebChannel(server, "connect"));
      const listen = () => over.serverStream(simple.ChatService.method.receiveMessage, {});
      const reader = listen();
      const sequence = new Sequence();
      reader.on("error", () => {}).on("data", ({ text }: simple.Message) => sequence.add(numberOf(text)));
      const silent = Array.from({ length: SILENT }, () => listenSilently(server.webPort));
      const isRefused = () =>
        new Promise<boolean>((resolve) => {
          const stream = listen();
          stream.once("error", () => resolve(true));
          stream.once("metadata", () => {
            // The headers of a refusal come, too: it ends at once.
            stream.resume().once("data", () => resolve(false));
          });
          stream.once("data", () => stream.cancel());
        });
      await eventually(isRefused, "a stream of each of them");

      const sendRound = async (): Promise<void> => {
        for (let sent = 0; sent < SENDS_PER_ROUND; sent++) await broadcast.send();
        await eventually(() => sequence.next === broadcast.count, "reader that has everything");
      };
      while (broadcast.count < SENDS) await sendRound();
      await assertMemorySettles(server.process.pid ?? 0, sendRound);

      await eventually(async () => !(await isRefused()), "place where a silent client has lost its stream");
      assert.deepEqual([sequence.problems, sequence.first], [[], 0]);
      reader.cancel();
      for (const socket of silent) socket.destroy();
    });
  });
}

/** Opens a stream and never reads it. */
function listenSilently(port: number): Socket {
  const body = envelope("");
  const head = [
    "POST /ChatService/ReceiveMessage HTTP/1.1",
    "host: 127.0.0.1",
    "content-type: application/connect+proto",
    `content-length: ${body.length}`,
  ];
  const socket = connect(port, "127.0.0.1", () => {
    socket.write(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]));
  });
  socket.pause().on("error", () => {});
  return socket;
}
