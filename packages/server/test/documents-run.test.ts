import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { simple } from "@confab/protocol";
import { type Block, blocksIn } from "./support/blocks.ts";
import { TestClient } from "./support/client.ts";
import { needs } from "./support/needs.ts";
import { root, runtimeProgram } from "./support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "./support/server-process.ts";

const PASSWORD = "correct horse battery";
const HERE = "packages/server/test/documents-run.test.ts";
const EXAMPLES = "packages/server/test/examples.test.ts";
const PACKAGES = "packages/server/test/packages/packages.test.ts";
const CLIENT = "packages/client/test/documents.test.ts";
const FIRST_MINUTE = "scripts/first-minute.js";

/** For each document, the beginning of each block of code, in order, and the file that runs it or tests what it does. */
const runBy: Readonly<Record<string, readonly (readonly [start: string, by: string])[]>> = {
  "README.md": [
    ["npm ci && npm start", FIRST_MINUTE],
    ["npx confab chat --guest Ada", FIRST_MINUTE],
    ["python3 -m venv", EXAMPLES],
    ...Array.from({ length: 6 }, () => ["", EXAMPLES] as const),
    ["python3 examples/python/chat.py", EXAMPLES],
    ["import { credentials", EXAMPLES],
    ["npx buf curl", EXAMPLES],
    ["grpcurl", EXAMPLES],
    ["token=$(curl", HERE],
    ["npx confab user add ada --admin", "packages/server/test/cli.test.ts"],
  ],
  "docs/command-line.md": [["confab user add ada", HERE]],
  "docs/operations.md": [
    ["[Unit]", HERE],
    ["CONFAB_TRUSTED_PROXIES=", HERE],
    ["umask 077", HERE],
  ],
  "docs/protocol.md": [["with open", "packages/server/test/transport/service-config.test.ts"]],
  "docs/terminal.md": [
    ["confab chat", "packages/terminal/test/plain.test.ts"],
    ["confab send", "packages/terminal/test/plain.test.ts"],
  ],
  "docs/testing.md": [
    ["npm install --save-dev", PACKAGES],
    ["import assert", "packages/server/test/test-server/document.test.ts"],
  ],
  "examples/python/README.md": [
    ["python3 -m venv", EXAMPLES],
    ["python3 -m grpc_tools", "packages/server/test/examples-rooms.test.ts"],
    ["protoc -I proto", "packages/server/test/examples-rooms.test.ts"],
  ],
  "packages/client/README.md": [
    ["npm install @confab/client", PACKAGES],
    ["import { connect }", PACKAGES],
  ],
  "packages/protocol/README.md": [
    ["npm install @confab/protocol", PACKAGES],
    ["import { create,", PACKAGES],
  ],
  "packages/server/README.md": [
    ["npx @confab/server serve", PACKAGES],
    ["npx @confab/server chat", PACKAGES],
    ["import { createTestServer }", PACKAGES],
  ],
  "packages/terminal/README.md": [["npm install --global", PACKAGES]],
};

const isCode = ({ language }: Block): boolean => language !== "text";

test("each block of code in the documents is run by a test, and none escapes", () => {
  const documents = [
    "README.md",
    "examples/python/README.md",
    ...readdirSync(join(root, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
    ...["protocol", "client", "terminal", "server"].map((name) => `packages/${name}/README.md`),
  ];
  for (const document of documents) {
    const blocks = blocksIn(readFileSync(join(root, document), "utf8"));
    for (const { language, line } of blocks) {
      assert.match(language, /^(sh|python|js|ts|tsx|ini|env|text)$/, `${document}:${line} has no language`);
    }
    const code = blocks.filter(isCode);
    // All code of this document is one program, which its test puts together.
    if (document === "docs/client.md") {
      for (const { language, line } of code) assert.match(language, /^(sh|ts|tsx)$/, `${document}:${line}`);
      const commands = code.filter(({ language }) => language === "sh").map(({ text }) => text.split(" ")[0]);
      assert.deepEqual(commands, ["node", "npm"], `${document}: ${PACKAGES} runs these two`);
      assert.ok(existsSync(join(root, CLIENT)));
      continue;
    }
    const rows = runBy[document] ?? [];
    assert.equal(
      code.length,
      rows.length,
      `${document}: a block is new or gone; say here which test runs it`,
    );
    for (const [index, [start, by]] of rows.entries()) {
      assert.ok(
        code[index]?.text.startsWith(start),
        `${document}:${code[index]?.line} does not begin: ${start}`,
      );
      assert.ok(existsSync(join(root, by)), by);
    }
  }
});

describe("the documents' commands, as they stand there", () => {
  let folder: string;
  before(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder, "bin"));
    const confab = join(folder, "bin/confab");
    const script = join(root, "packages/server/bin/confab.js");
    writeFileSync(confab, `#!/bin/sh\nexec '${runtimeProgram("node")}' '${script}' "$@"\n`);
    chmodSync(confab, 0o755);
    writeFileSync(join(folder, "password.txt"), `${PASSWORD}\n`);
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (command: string): string => {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("CONFAB_"));
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
      cwd: folder,
      env: { ...Object.fromEntries(own), PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}` },
      input: `${PASSWORD}\n`,
      encoding: "utf8",
    });
    assert.equal(status, 0, `${command}: ${stdout}${stderr}`);
    return stdout;
  };

  test("those of the operator work one after another, beside no server", () => {
    const lines = codeOf("docs/command-line.md", "sh").split("\n").filter(Boolean);
    const output = lines.map(run).join("");
    assert.match(output, /^ada is added with the role admin\nbob is added with the role user\n/);
    assert.match(output, /\nbob is erased\n/);
    assert.match(readFileSync(join(folder, "backend.key"), "utf8"), /^\S+\n$/);
  });

  test("the backup of a running server is a database that opens", {
    skip: needs("sqlite3", spawnSync("sqlite3", ["--version"]).status === 0),
  }, async () => {
    await using server = await startServerProcess({ runtime: "node", dataDir: join(folder, "data") });
    const backups = join(folder, "backups");
    run(codeOf("docs/operations.md", "sh").replace("/backups/", `${backups}/`));
    await server.stop("SIGTERM");
    const [copy = ""] = readdirSync(backups);
    await using restored = await startServerProcess({ runtime: "node", dataDir: join(backups, copy) });
    assert.equal((await fetch(`http://127.0.0.1:${restored.webPort}/readyz`)).status, 200);
  });

  test("curl signs in, sends and lists with the commands of the README", {
    skip: needs("curl", spawnSync("curl", ["--version"]).status === 0),
  }, async () => {
    await using server = await startServerProcess({ runtime: "node" });
    using client = new TestClient(server.address);
    await client.unary(simple.UserService.method.createUser, { name: "grace", password: PASSWORD });
    const block = blocksIn(readFileSync(join(root, "README.md"), "utf8")).find(({ text }) =>
      text.startsWith("token="),
    );
    const output = run((block?.text ?? "").replaceAll("localhost:8080", `127.0.0.1:${server.webPort}`));
    assert.match(output, /"messages":\[.*"text":"Hello from curl"/);
    assert.doesNotMatch(output, /"code":/);
  });

  test("the settings that operations.md shows are ones that the server takes", async () => {
    const lines = codeOf("docs/operations.md", "env").trim().split("\n");
    const env = Object.fromEntries(lines.map((line) => line.split("=") as [string, string]));
    assert.deepEqual(Object.keys(env), ["CONFAB_TRUSTED_PROXIES"]);
    await using server = await startServerProcess({ runtime: "node", env });
    assert.equal((await fetch(`http://127.0.0.1:${server.webPort}/readyz`)).status, 200);
  });

  test("the systemd unit has only sections and settings, and starts a program that is there", () => {
    const unit = codeOf("docs/operations.md", "ini").split("\n").filter(Boolean);
    for (const line of unit) assert.match(line, /^(\[(Unit|Service|Install)\]|[A-Z][A-Za-z]+=\S.*)$/);
    const start =
      unit.find((line) => line.startsWith("ExecStart="))?.slice("ExecStart=/opt/confab/".length) ?? "";
    const [program = "", script = "", command] = start.split(" ");
    assert.ok(existsSync(join(root, program)) && existsSync(join(root, script)), start);
    assert.equal(command, "serve");
  });
});

function codeOf(document: string, language: string): string {
  const [block] = blocksIn(readFileSync(join(root, document), "utf8")).filter(
    (one) => one.language === language,
  );
  return block?.text ?? "";
}
