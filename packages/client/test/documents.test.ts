import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Chat } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { createElement, type ReactNode } from "react";
import { cleanup, fireEvent, pageText, render } from "./react/dom.ts";
import { connectAs, roomOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { until } from "./support/wait.ts";
import { bundle, openPage, skipWithoutChromium, startChromium } from "./web/browser.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const document = readFileSync(join(root, "docs/client.md"), "utf8");
const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** Beside this file, so that the packages which the document imports resolve. */
const folder = join(import.meta.dirname, `documents-${process.pid}`);

/** Returns the blocks in one language between two headings, given by their beginnings. */
function blocksOf(language: string, from: string, to?: string): string[] {
  const start = document.indexOf(from);
  assert.notEqual(start, -1, `docs/client.md has no "${from}"`);
  const part = document.slice(start, to === undefined ? undefined : document.indexOf(to));
  return [...part.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`\\n`, "gms"))].map(
    ([, code = ""]) => code,
  );
}

const inPage = blocksOf("ts", "## In a page", "## Ten lines");
const programs = {
  "in-page.ts": `${inPage.join("\n")}\nexport { staySignedIn };\n`,
  "session.ts": blocksOf("ts", "## Ten lines", "## React").join("\n"),
  "page.tsx": blocksOf("tsx", "## React").join("\n"),
  "orders.ts": blocksOf("ts", "## Testing").join("\n"),
};

/** Compiles the document's code against the packages' types. @throws Error with the compiler's output */
function compile(): void {
  mkdirSync(folder, { recursive: true });
  const session = programs["session.ts"].replaceAll('"localhost:50051"', 'process.env["ADDRESS"] ?? ""');
  for (const [name, code] of Object.entries({ ...programs, "session.ts": session })) {
    writeFileSync(join(folder, name), code);
  }
  const compilerOptions = {
    ...{ composite: false, declaration: false, declarationMap: false, sourceMap: false },
    ...{ jsx: "react-jsx", lib: ["ES2024", "ESNext.Disposable", "DOM"], rootDir: ".", outDir: "out" },
  };
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, files: Object.keys(programs) };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const options = { cwd: folder, encoding: "utf8", stdio: "pipe" } as const;
  try {
    execFileSync(process.execPath, [compiler, "-p", "."], options);
  } catch (error) {
    const output = error instanceof Error && "stdout" in error ? error.stdout : error;
    throw new Error(`docs/client.md does not compile\n${output}`, { cause: error });
  }
}

describe("docs/client.md", () => {
  before(compile);
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("its program prints what it says, on a new server", async () => {
    await using server = await createTestServer();
    const env = { ...process.env, ADDRESS: server.address };
    const options = { cwd: folder, env, timeout: 30_000 };
    const { stdout } = await run(process.execPath, [join(folder, "out/session.js")], options);
    assert.equal(stdout, blocksOf("text", "## Ten lines", "## React").join(""));
  });

  test("its program for a page shows what it sends", { skip: skipWithoutChromium }, async () => {
    await using server = await createTestServer();
    const browser = await startChromium();
    try {
      const script = await bundle(join(folder, "out/in-page.js"));
      const page = await openPage(await browser.newContext(), server.webAddress, script);
      await page.getByText("Ada: Hello from a page").waitFor();
    } finally {
      await browser.close();
    }
  });

  test("its test passes", async () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const file = join(folder, "out/orders.js");
    const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap", file], { env });
    assert.match(stdout, /^# pass 1$/m);
    assert.match(stdout, /^# fail 0$/m);
  });

  test("its page shows rooms and messages, sends, pages upwards and says when the connection is lost", async () => {
    const { ChatPage }: { ChatPage: (props: { chat: Chat }) => ReactNode } = await import(
      pathToFileURL(join(folder, "out/page.js")).href
    );
    const messages = Array.from(
      { length: 150 },
      (_, index) => ({ from: "ada", text: `<${index + 1}>` }) as const,
    );
    await using server = await createTestServer({
      seed: {
        users: { ada: { displayName: "Ada" }, grace: { displayName: "Grace" } },
        rooms: { general: { owner: "ada", members: { grace: "member" }, messages } },
      },
    });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const page = render(createElement(ChatPage, { chat: grace }));
    try {
      assert.equal(pageText(), "general (150)");
      fireEvent.click(page.getByText("general (150)"));
      await until(() => pageText().startsWith("generalOlder messagesAda <50>Ada <51>"));
      roomOf(ada, server.rooms.general).setTyping();
      await until(() => pageText().endsWith("Ada <150>Ada is typing…"));
      const input = page.getByLabelText("Message");
      fireEvent.change(input, { target: { value: "Hello, Ada" } });
      fireEvent.submit(input);
      await until(() => roomOf(ada, server.rooms.general).info.get().lastMessage?.text === "Hello, Ada");
      await until(() => pageText().includes("Ada <150>Grace Hello, Ada"));
      fireEvent.click(page.getByText("Older messages"));
      await until(() => pageText().startsWith("generalAda <1>Ada <2>"));
      proxy.block();
      await until(() => pageText().startsWith("reconnecting…general"));
      proxy.unblock();
      await until(() => pageText().startsWith("generalAda <1>"));
    } finally {
      cleanup();
    }
  });
});
