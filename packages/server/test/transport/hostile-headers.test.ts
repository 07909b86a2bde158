import assert from "node:assert/strict";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { runCommand } from "../support/command.ts";
import { runtimes } from "../support/runtimes.ts";

/** A control sequence of the C1 set, which HTTP/2 lets through. */
const RAW = "\u009b31mraw";

for (const runtime of runtimes) {
  test(`a command on ${runtime} prints nothing of a hostile server's headers`, async () => {
    const hostile = createServer();
    hostile.on("stream", (stream: ServerHttp2Stream) => {
      const head = { ":status": 200, "content-type": "application/grpc", "x-note": RAW };
      stream.respond({ ...head, "grpc-status": "5", "grpc-message": "no" }, { endStream: true });
    });
    await new Promise<void>((resolve) => hostile.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = hostile.address() as AddressInfo;
      const args = ["send", "lobby", "hello", "--guest", "ada", "--address", `127.0.0.1:${port}`];
      const { code, stdout, stderr } = await runCommand(args, { runtime, dataDir: "" });
      assert.deepEqual([code, stdout, stderr], [1, "", "confab: no\n"]);
    } finally {
      hostile.close();
    }
  });
}
