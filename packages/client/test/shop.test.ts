import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { connect } from "@confab/client";
import { ServerProcess } from "./support/server-process.ts";
import { HANG_MS, take } from "./support/wait.ts";

const program = fileURLToPath(new URL("../../../examples/shop/shop.js", import.meta.url));
const confab = fileURLToPath(new URL("../../server/bin/confab.js", import.meta.url));

/** The shop's process, from its opening on. */
class Shop implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #url = "";

  private constructor(process: ChildProcess, lines: Interface) {
    this.#process = process;
    this.#lines = lines[Symbol.asyncIterator]();
  }

  static async open(folder: string, address: string, key: string): Promise<Shop> {
    const child = spawn(process.execPath, [program, "serve", folder, address, "0"], {
      env: { ...process.env, SHOP_KEY: key },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const shop = new Shop(child, createInterface({ input: child.stdout }));
    shop.#url = /http:\S+/.exec(await shop.line())?.[0] ?? assert.fail();
    return shop;
  }

  /** Returns the next line that it prints. */
  async line(): Promise<string> {
    const { value } = await this.#lines.next();
    return value ?? assert.fail("the shop has ended");
  }

  async post(path: string, body: unknown, session = ""): Promise<{ status: number; answer: Answer }> {
    const response = await fetch(`${this.#url}${path}`, {
      method: "POST",
      headers: { authorization: session },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, answer: (await response.json()) as Answer };
  }

  async login(user: string, password: string): Promise<string> {
    return (await this.post("/login", { user, password })).answer.session ?? assert.fail();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}

type Answer = Partial<Record<"session" | "externalToken" | "address" | "roomId" | "error", string>>;

test("examples/shop lets its own users chat, and opens one room for each order", {
  timeout: HANG_MS,
}, async () => {
  using folders = new DisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "confab-client-test-"));
  folders.defer(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync(process.execPath, [program, "keys", folder]);
  await using server = new ServerProcess({
    CONFAB_JWT_ISSUER: "shop",
    CONFAB_JWT_AUDIENCE: "confab",
    CONFAB_JWKS_FILE: join(folder, "public.json"),
  });
  await server.start();
  const args = [confab, "key", "create", "shop", "--data-dir", server.dataDir];
  const key = execFileSync(process.execPath, args, { encoding: "utf8" }).trim();

  const order = { order: "17", item: "tea" };
  let adaId: string;
  let roomId: string;
  {
    await using shop = await Shop.open(folder, server.address, key);
    for (const wrong of [{ user: "ada", password: "guess" }, { user: "nobody" }, "not JSON", null]) {
      assert.equal((await shop.post("/login", wrong)).status, 401);
    }
    assert.equal((await shop.post("/orders", order)).status, 401);
    const session = await shop.login("ada", "a password of the shop");
    assert.equal((await shop.post("/orders", {}, session)).status, 400);
    assert.equal((await shop.post("/orders", "x".repeat(20_000), session)).status, 413);

    const first = await shop.post("/orders", order, session);
    const again = await shop.post("/orders", order, session);
    assert.deepEqual(again, first);
    assert.equal((await shop.post("/orders", { ...order, item: "coffee" }, session)).status, 409);
    roomId = first.answer.roomId ?? assert.fail();

    const { address = "", externalToken = "" } = (await shop.post("/chat-token", {}, session)).answer;
    await using ada = await connect(address, { externalToken: async () => externalToken });
    assert.deepEqual([ada.me.handle, ada.me.displayName], ["ada", "Ada Lovelace"]);
    adaId = ada.me.id;
    const room = await ada.rooms.join(roomId);
    const [thanks] = await take(room.messages({ afterSeq: 0 }), 1);
    assert.deepEqual([thanks?.text, thanks?.seq], ["Thank you for ordering: tea", 1]);
    await room.send("where is it?");
    assert.equal(await shop.line(), 'order 17, Ada Lovelace: "where is it?"');
    assert.equal(room.info.get().lastSeq, 2);
  }

  await using reopened = await Shop.open(folder, server.address, key);
  const session = await reopened.login("ada", "a password of the shop");
  const { externalToken = "" } = (await reopened.post("/chat-token", {}, session)).answer;
  await using ada = await connect(server.address, { externalToken: async () => externalToken });
  assert.equal(ada.me.id, adaId);
  assert.deepEqual((await reopened.post("/orders", order, session)).answer, { roomId });
  const grace = await reopened.login("grace", "another password");
  const theirs = await reopened.post("/orders", order, grace);
  assert.notEqual(theirs.answer.roomId, roomId);
});
