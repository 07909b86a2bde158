import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { simple } from "@confab/protocol";
import { TestClient } from "./support/client.ts";
import { ConsoleProcess } from "./support/console-process.ts";
import { hasScript, needs } from "./support/needs.ts";
import { root, runtimeProgram, runtimes } from "./support/runtimes.ts";
import { runServerToExit, startServerProcess, temporaryFolder } from "./support/server-process.ts";

const { sendMessage } = simple.ChatService.method;

/** Reserved for documentation (RFC 5737): no machine has it. */
const UNUSED_ADDRESS = "192.0.2.1";
const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);

for (const runtime of runtimes) {
  describe(`starting the server on ${runtime}`, () => {
    test("a port that is taken is named, with the setting that changes it", async () => {
      await using server = await startServerProcess({ runtime });
      const port = server.address.split(":")[1] ?? "";
      for (const name of ["CONFAB_GRPC_PORT", "CONFAB_WEB_PORT"]) {
        const dataDir = temporaryFolder();
        const { code, stderr } = await runServerToExit({ runtime, dataDir, env: { [name]: port } });
        assert.equal(code, 1);
        const flag = name === "CONFAB_GRPC_PORT" ? "--grpc-port" : "--web-port";
        assert.equal(
          stderr,
          `confab: can't listen on 127.0.0.1:${port}: port ${port} is in use by another program; stop it, or choose another port with ${name} (${flag})\n`,
        );
        rmSync(dataDir, { recursive: true });
      }
    });

    test("an address that this machine does not have is named, with the setting that changes it", async () => {
      const dataDir = temporaryFolder();
      const env = { CONFAB_HOST: UNUSED_ADDRESS, CONFAB_INSECURE: "true" };
      const { code, stderr } = await runServerToExit({ runtime, dataDir, env });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /this machine does not have the address 192\.0\.2\.1; CONFAB_HOST \(--host\) sets/,
      );
      rmSync(dataDir, { recursive: true });
    });

    test("an IPv6 address is printed in brackets, as a client takes it", {
      skip: needs("an IPv6 loopback address", hasIpv6),
    }, async () => {
      await using server = await startServerProcess({ runtime, env: { CONFAB_HOST: "::1" } });
      assert.match(server.output(), /^gRPC listening on \[::1\]:\d+\nHTTP listening on \[::1\]:\d+\n$/);
      const address = /\[::1\]:\d+/.exec(server.output())?.[0] ?? "";
      using client = new TestClient(address);
      await client.unary(sendMessage, { userName: "ada", text: "Hello" });
      assert.equal((await fetch(`http://[::1]:${server.webPort}/readyz`)).status, 200);
    });

    test("a data folder that can't be used is named, with the reason and the setting", async () => {
      const folder = temporaryFolder();
      const file = join(folder, "file");
      writeFileSync(file, "");
      const cases = [
        [file, "it is a file, not a folder"],
        [join(file, "data"), "a part of its path is a file, not a folder"],
        ["/proc/confab", "no folder can be made there"],
        // A file system that nobody may write, not even root.
        ["/sys/confab", "(this user may not write there|its file system can only be read)"],
      ];
      for (const [dataDir = "", reason] of cases.slice(0, process.platform === "linux" ? 4 : 2)) {
        const { code, stderr } = await runServerToExit({ runtime, dataDir });
        const sentence = `confab: can't use the data folder ${dataDir}: ${reason}; CONFAB_DATA_DIR \\(--data-dir\\) sets another`;
        assert.match(stderr, new RegExp(`^${sentence}\n$`));
        assert.equal(code, 1);
      }
      rmSync(folder, { recursive: true });
    });

    test("on a terminal, and only there, it says once how to chat, with a command that works", {
      skip: needs("`script` of util-linux", hasScript),
    }, async () => {
      const dataDir = temporaryFolder();
      const command = [runtimeProgram(runtime), join(root, "packages/server/bin/confab.js"), "serve"];
      const options = ["--grpc-port", "0", "--web-port", "0", "--data-dir", dataDir];
      const line = `unset npm_command npm_lifecycle_event; '${[...command, ...options].join("' '")}'`;
      await using terminal = new ConsoleProcess("script", ["--quiet", "--command", line, "/dev/null"], root);
      await terminal.prints("Ctrl-C stops the server.");
      const said = [
        ...terminal.output.matchAll(/^Chat in another terminal: confab chat (\S+) --guest Ada\r$/gm),
      ];
      assert.equal(said.length, 1, terminal.output);
      using client = new TestClient(said[0]?.[1] ?? "");
      await client.unary(sendMessage, { userName: "ada", text: "Hello" });
      terminal.press("\u0003");
      assert.equal(await terminal.exit(), 0, terminal.output);

      await using piped = await startServerProcess({ runtime });
      assert.match(piped.output(), /^gRPC listening on \S+\nHTTP listening on \S+\n$/);
      rmSync(dataDir, { recursive: true });
    });
  });
}

test("an older runtime is told which one is needed, in one line", () => {
  const pretend = (name: string, version: string): string =>
    `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,${name}:"${version}"}})`;
  const cases = [
    ["node", "20.20.2", "Node 20.20.2"],
    ["node", "22.21.1", "Node 22.21.1"],
    ["node", "24.6.0", "Node 24.6.0"],
    ["bun", "1.3.9", "Bun 1.3.9"],
  ] as const;
  for (const [name, version, words] of cases) {
    for (const args of [[], ["--version"], ["chat", "--guest", "Ada"]]) {
      const options = ["--import", pretend(name, version), join(root, "packages/server/bin/confab.js")];
      const {
        status: code,
        stdout,
        stderr,
      } = spawnSync(runtimeProgram("node"), [...options, ...args], {
        encoding: "utf8",
      });
      const sentence = `confab: this is ${words}, and Confab needs Node 24.7 or newer, or Bun 1.4 or newer\n`;
      assert.deepEqual([code, stdout, stderr], [1, "", sentence]);
    }
  }
});
