import assert from "node:assert/strict";
import { test } from "node:test";
import { v1 } from "@confab/protocol";
import { TestClient } from "./support/client.ts";
import { runtimes } from "./support/runtimes.ts";
import { startServerProcess } from "./support/server-process.ts";

for (const runtime of runtimes) {
  test(`a server starts in a pod beside a Kubernetes service named confab, on ${runtime}`, async () => {
    const env = {
      CONFAB_PORT: "tcp://10.96.0.12:50051",
      CONFAB_SERVICE_HOST: "10.96.0.12",
      CONFAB_PORT_50051_TCP_ADDR: "10.96.0.12",
      CONFAB_LOG_LEVEL: "debug",
    };
    await using server = await startServerProcess({ runtime, env });
    using client = new TestClient(server.address);
    await client.unary(v1.AuthService.method.getServerInfo, {});
    assert.equal(await server.stop("SIGTERM"), 0);
    const lines = server
      .log()
      .split("\n")
      .filter((line) => line.includes("CONFAB_"));
    assert.equal(lines.length, 1);
    const { level, variables } = JSON.parse(lines[0] ?? "");
    assert.deepEqual(
      [level, variables.sort()],
      ["debug", ["CONFAB_PORT", "CONFAB_PORT_50051_TCP_ADDR", "CONFAB_SERVICE_HOST"]],
    );
  });
}
