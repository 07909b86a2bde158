import assert from "node:assert/strict";
import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { blocksIn } from "../support/blocks.ts";
import { ConsoleProcess } from "../support/console-process.ts";
import { hasRegistry, needs } from "../support/needs.ts";
import { root, runtimeProgram } from "../support/runtimes.ts";

const OLDER_NODE = "24.9.0";
const PACKAGES = ["protocol", "client", "terminal", "server"] as const;
const USER_PACKAGES = ["@types/node", "@types/react", "react", "@grpc/grpc-js"];
const require = createRequire(import.meta.url);
const compilers = {
  "5.9": createRequire(join(root, "tools/package-check/package.json")).resolve("typescript/package.json"),
  "7.0": createRequire(join(root, "package.json")).resolve("typescript/package.json"),
};

let folder: string;
/** Has all packages, as somebody has them who works with them. */
let all: string;
/** Has the server's package and nothing else. */
let alone: string;

describe("the packages, installed with npm in an empty folder", {
  skip: needs("the npm registry", hasRegistry()),
}, () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "confab-packages-"));
    execFileSync("node", [join(root, "scripts/pack.js"), join(folder, "tarballs")], { env: withNode() });
    const tarballOf = (name: string): string => {
      const tarballs = readdirSync(join(folder, "tarballs"));
      return join(folder, "tarballs", tarballs.find((file) => file.startsWith(`confab-${name}-`)) ?? name);
    };
    all = install("all", [...PACKAGES.map(tarballOf), ...USER_PACKAGES.map(asHere)]);
    alone = install("alone", [tarballOf("server")]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("the server's package needs no other of ours", async () => {
    assert.deepEqual(readdirSync(join(alone, "node_modules/@confab")), ["server"]);
    const options = ["--grpc-port", "0", "--web-port", "0", "--data-dir", join(alone, "data")];
    await using server = new ConsoleProcess(
      "npx",
      ["@confab/server", "serve", ...options],
      alone,
      withNode(),
    );
    await server.prints("HTTP listening on ");
    const address = /^gRPC listening on (\S+)$/m.exec(server.output)?.[1] ?? "";
    const confab = join(alone, "node_modules/@confab/server/bin/confab.js");
    const account = ["--guest", "ci", "--address", address];
    for (const runtime of [runtimeProgram("node"), runtimeProgram("bun"), olderNode()]) {
      succeed(
        spawnSync(runtime, [confab, "send", "lobby", `from ${runtime}`, ...account], { encoding: "utf8" }),
      );
    }
    const chat = ["chat", address, "--guest", "Ada", "--room", "lobby"];
    await using reader = new ConsoleProcess(runtimeProgram("node"), [confab, ...chat], alone);
    await reader.prints(`from ${olderNode()}`);
    assert.ok(reader.output.includes(`from ${runtimeProgram("bun")}`), reader.output);
  });

  test("every entry point loads and works together with the others, on each runtime", () => {
    writeFileSync(join(all, "use.mjs"), USE);
    for (const runtime of [runtimeProgram("node"), runtimeProgram("bun"), olderNode()]) {
      const { stdout } = succeed(spawnSync(runtime, ["use.mjs"], { cwd: all, encoding: "utf8" }));
      assert.equal(stdout, "Ada: Hello\n/confab.v1.ChatService/SendMessage\n", runtime);
    }
  });

  test("the programs of their READMEs compile for every kind of project and print what they say", async () => {
    const programs = PACKAGES.flatMap((name) => {
      const blocks = blocksIn(readFileSync(join(all, `node_modules/@confab/${name}/README.md`), "utf8"));
      const [program] = blocks.filter(({ language }) => language === "ts");
      const [output] = blocks.filter(({ language }) => language === "text");
      return program && output ? [{ name, code: program.text, output: output.text }] : [];
    });
    assert.deepEqual(
      programs.map(({ name }) => name),
      ["protocol", "client", "server"],
    );
    for (const { name, code } of programs) writeFileSync(join(all, `${name}.ts`), code);
    writeFileSync(join(all, "page.tsx"), PAGE);
    for (const [version, manifest] of Object.entries(compilers)) {
      assert.match(readFileSync(manifest, "utf8"), new RegExp(`"version": "${version}\\.`));
      for (const kind of ["nodenext", "bundler"]) compile(join(dirname(manifest), "bin/tsc"), kind);
    }

    await using server = new ConsoleProcess(
      runtimeProgram("node"),
      [
        join(all, "node_modules/@confab/server/bin/confab.js"),
        ...["serve", "--grpc-port", "0", "--web-port", "0", "--data-dir", join(all, "data")],
      ],
      all,
    );
    await server.prints("HTTP listening on ");
    const address = /^gRPC listening on (\S+)$/m.exec(server.output)?.[1] ?? "";
    for (const { name, code, output } of programs) {
      writeFileSync(join(all, `${name}.ts`), code.replaceAll("localhost:50051", address));
      // Node and Bun both run TypeScript as it is.
      const { stdout } = succeed(
        spawnSync(runtimeProgram("bun"), [`${name}.ts`], { cwd: all, encoding: "utf8" }),
      );
      assert.equal(stdout, output, name);
    }
  });

  test("the contract's files are whole: protoc needs nothing else to compile them", {
    skip: needs("protoc", spawnSync("protoc", ["--version"]).status === 0),
  }, () => {
    const proto = join(all, "node_modules/@confab/protocol/proto");
    const files = readdirSync(proto, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.proto$/.test(name),
    );
    assert.ok(files.includes("chat.proto") && files.includes("confab/v1/chat.proto"), files.join(" "));
    const options = ["-I", proto, `--descriptor_set_out=${join(folder, "contract.binpb")}`];
    succeed(spawnSync("protoc", [...options, ...files], { encoding: "utf8" }));
  });
});

/** Uses each entry point of each package. */
const USE = `
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { connect } from "@confab/client";
import { connectOver } from "@confab/client/core";
import { ChatProvider } from "@confab/client/react";
import { webTransport } from "@confab/client/web";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { runSend } from "@confab/terminal";
import { DEFAULT_ADDRESS } from "@confab/terminal/settings";

for (const part of [connectOver, webTransport, ChatProvider, DEFAULT_ADDRESS]) if (!part) throw new Error("an export is missing");
const { sendMessage } = v1.ChatService.method;
const contract = readFileSync(fileURLToPath(import.meta.resolve("@confab/protocol/proto/confab/v1/chat.proto")), "utf8");
if (!contract.includes(\`rpc \${sendMessage.name}\`)) throw new Error("the contract is not there");
const server = await createTestServer({ seed: { users: { ada: { displayName: "Ada" } } } });
await runSend({ address: server.address, guest: "ci", room: "lobby", text: "Hi" }, process, new AbortController().signal);
const chat = await connect(server.address, { refreshToken: server.users.ada.refreshToken });
const room = await chat.rooms.open("lobby");
const message = await room.send("Hello");
console.log(\`\${message.sender.displayName}: \${message.text}\`);
console.log(\`/\${sendMessage.parent.typeName}/\${sendMessage.name}\`);
await chat.close();
await server[Symbol.asyncDispose]();
`;

const PAGE = `
import type { Chat } from "@confab/client/core";
import { ChatProvider, useRooms } from "@confab/client/react";

export function Page({ chat }: { chat: Chat }) {
  return <ChatProvider chat={chat}><Rooms /></ChatProvider>;
}

function Rooms() {
  return <ul>{useRooms().map((room) => <li key={room.id}>{room.id}</li>)}</ul>;
}
`;

/** Checks the types of all programs in \`all\`, and of the packages' own declarations. */
function compile(compiler: string, kind: string): void {
  const compilerOptions = {
    ...{ target: "es2022", lib: ["es2024", "esnext.disposable", "dom"], jsx: "react-jsx", types: ["node"] },
    ...{ strict: true, skipLibCheck: false, noEmit: true, moduleDetection: "force" },
    ...(kind === "nodenext"
      ? { module: "nodenext", moduleResolution: "nodenext" }
      : { module: "esnext", moduleResolution: "bundler" }),
  };
  writeFileSync(join(all, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts", "*.tsx"] }));
  const compiled = spawnSync(runtimeProgram("node"), [compiler, "-p", "."], { cwd: all, encoding: "utf8" });
  assert.equal(compiled.status, 0, `${compiler}, ${kind}:\n${compiled.stdout}${compiled.stderr}`);
}

let installedNode: string | undefined;

/** The oldest line of Node that Confab supports, from its npm package. */
function olderNode(): string {
  installedNode ??= join(install("node", [`node@${OLDER_NODE}`]), "node_modules/node/bin/node");
  return installedNode;
}

/** Makes a folder with these packages in it. */
function install(name: string, packages: readonly string[]): string {
  const target = join(folder, name);
  mkdirSync(target);
  const manifest = { private: true, type: "module", allowScripts: { node: true, protobufjs: false } };
  writeFileSync(join(target, "package.json"), JSON.stringify(manifest));
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  succeed(spawnSync("npm", ["install", ...options, ...packages], { cwd: target, encoding: "utf8" }));
  return target;
}

/** The version of a package that this repository has. */
function asHere(name: string): string {
  const path = require.resolve(`${name}/package.json`, { paths: [join(root, "packages/client"), root] });
  return `${name}@${JSON.parse(readFileSync(path, "utf8")).version}`;
}

function succeed(ended: SpawnSyncReturns<string>): SpawnSyncReturns<string> {
  assert.equal(ended.status, 0, `${ended.stdout}${ended.stderr}${ended.error?.message ?? ""}`);
  return ended;
}

/** The environment of a shell whose \`node\` is the supported one. */
function withNode(): NodeJS.ProcessEnv {
  const path = [dirname(runtimeProgram("node")), join(root, "node_modules/.bin"), process.env.PATH ?? ""];
  return { ...process.env, PATH: path.join(delimiter) };
}
