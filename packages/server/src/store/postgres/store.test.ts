import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Actor } from "../../domain/access/callers.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId } from "../../domain/ids.ts";
import { TOKENIZER_VERSION } from "../../domain/search/tokenizer.ts";
import { openSharedKeys } from "../../keys/shared.ts";
import { makeRoom, makeUser, NOW_MS, newMessage } from "../contract/testing.ts";
import type { Store } from "../port/store.ts";
import { openPostgresStore } from "./store.ts";
import { dropDatabase, makeDatabase, withoutPostgres } from "./testing.ts";

const skip = await withoutPostgres();

/** A network between a store and its database, which can be cut. */
class Network implements AsyncDisposable {
  readonly #server = createServer((client) => this.#forward(client));
  readonly #sockets = new Set<Socket>();
  readonly #target: URL;
  #isDown = false;
  /** Cuts a connection right after this has passed to the database. */
  #cutAfter: string | null = null;

  constructor(address: string) {
    this.#target = new URL(address);
  }

  /** Returns the address of the database through this network. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as { port: number };
    const address = new URL(this.#target);
    address.port = String(port);
    return address.href;
  }

  down(): void {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  up(): void {
    this.#isDown = false;
  }

  cutAfter(text: string): void {
    this.#cutAfter = text;
  }

  #forward(client: Socket): void {
    if (this.#isDown) {
      client.destroy();
      return;
    }
    const database = connect(Number(this.#target.port || 5432), this.#target.hostname);
    for (const socket of [client, database]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        database.end();
      });
    }
    database.on("data", (data) => client.write(data));
    client.on("data", (data) => {
      database.write(data);
      if (this.#cutAfter === null || !data.includes(this.#cutAfter)) return;
      this.#cutAfter = null;
      client.destroy();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.down();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

describe("a store in PostgreSQL", { skip }, () => {
  const name = `confab_test_${randomUUID().replaceAll("-", "")}`;
  let address: string;
  let network: Network;
  let store: Store;
  let ada: Actor;
  let roomId: RoomId;
  before(async () => {
    address = await makeDatabase(name);
    network = new Network(address);
    ({ store } = await openPostgresStore(await network.open()));
    ada = await makeUser(store, "ada");
    roomId = await makeRoom(store, ada);
  });
  after(async () => {
    await store[Symbol.asyncDispose]();
    await network[Symbol.asyncDispose]();
    await dropDatabase(name);
  });

  async function query(statement: string): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  async function countTexts(text: string): Promise<number> {
    const { messages } = await store.listMessagesAfter({ roomId, afterSeq: 0, limit: 10_000, nowMs: NOW_MS });
    return messages.filter(({ content }) => content.text === text).length;
  }

  test("a commit whose answer is lost counts once: the database is asked what became of it", async () => {
    network.cutAfter("commit");
    const [outcome] = await store.appendMessages([newMessage(roomId, ada, "committed")]);
    assert.equal(outcome?.kind, "stored");
    assert.equal(await countTexts("committed"), 1);
  });

  test("a connection that is lost before the commit costs nothing: the work is done again", async () => {
    network.cutAfter("insert into");
    const [outcome] = await store.appendMessages([newMessage(roomId, ada, "again")]);
    assert.equal(outcome?.kind, "stored");
    assert.equal(await countTexts("again"), 1);
  });

  test("while the database is away calls are told to come back, and when it is there again they succeed", async () => {
    network.down();
    const isAway = (error: unknown) =>
      error instanceof ChatError && error.reason === "STORE_BUSY" && (error.retryAfterMs ?? 0) > 0;
    await assert.rejects(store.appendMessages([newMessage(roomId, ada, "away")]), isAway);
    await assert.rejects(store.getRoom({ actor: ada, roomId, nowMs: NOW_MS }), isAway);
    network.up();
    const [outcome] = await store.appendMessages([newMessage(roomId, ada, "back")]);
    assert.equal(outcome?.kind, "stored");
    assert.deepEqual([await countTexts("away"), await countTexts("back")], [0, 1]);
  });

  test("when the database ends all its connections, each send that was answered is there once", async () => {
    const sends = Array.from({ length: 60 }, (_, index) => newMessage(roomId, ada, `ended ${index}`));
    const sending = Promise.all(sends.map((send) => store.appendMessages([send])));
    for (let time = 0; time < 3; time++) {
      await query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`);
    }
    const outcomes = (await sending).flat();
    assert.ok(outcomes.every(({ kind }) => kind === "stored"));
    for (const { text } of sends) assert.equal(await countTexts(text), 1);
  });

  test("a room that something else keeps locked is busy after two seconds, and others are not", async () => {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    await client.query("begin");
    await client.query("select from rooms where id = $1 for update", [roomId]);
    const free = await makeRoom(store, ada);
    const busy = assert.rejects(store.appendMessages([newMessage(roomId, ada, "locked")]), {
      reason: "STORE_BUSY",
    });
    const [outcome] = await store.appendMessages([newMessage(free, ada, "free")]);
    assert.equal(outcome?.kind, "stored");
    await busy;
    await client.end();
    assert.equal(await countTexts("locked"), 0);
  });

  test("a text with U+0000 is refused, and the others of its batch are stored", async () => {
    const texts = ["before", "nul \0", "after"].map((text) => newMessage(roomId, ada, text));
    const outcomes = await store.appendMessages(texts);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.error.reason : outcome.kind)),
      ["stored", "FIELD_INVALID", "stored"],
    );
  });

  test("a newer tokenizer's words are given to all messages, in the background", async () => {
    const count = async (from: string) =>
      Number((await query(`select count(*) as count from ${from}`))[0]?.count);
    const all = await count("search_words");
    assert.ok(all > 0);
    await query("delete from search_words");
    await query("update search_tokenizer set version = 0");
    await using _ = (await openPostgresStore(address)).store;
    const endMs = performance.now() + 30_000;
    while ((await count("search_tokenizer where done_key is not null")) > 0) {
      assert.ok(performance.now() < endMs, "it is done in time");
      await delay(20);
    }
    assert.equal(await count("search_words"), all);
    assert.deepEqual(await query("select version from search_tokenizer"), [{ version: TOKENIZER_VERSION }]);
  });

  test("the audit trail can't be changed but for its addresses", async () => {
    for (const change of [
      "delete from audit",
      "truncate audit",
      "update audit set detail = ''",
      "update audit set address = 'x'",
    ]) {
      await assert.rejects(query(change), /append-only/, change);
    }
    await query("update audit set address = ''");
  });

  test("all processes share the signing keys and the secret of repeats", async () => {
    const { store: other, sharedKeys } = await openPostgresStore(address);
    await using _ = other;
    let nowMs = Date.now();
    using one = await openSharedKeys(sharedKeys.signing, () => nowMs);
    using two = await openSharedKeys(sharedKeys.signing, () => nowMs);
    assert.equal(two.current.keyId, one.current.keyId);
    nowMs += 1;
    const next = await one.rotate();
    assert.notEqual(one.current.keyId, next, "it doesn't sign before all processes have it");
    await two.reload();
    assert.ok(two.find(next));
    nowMs += 60_000;
    assert.deepEqual([one.current.keyId, two.current.keyId], [next, next]);
    const secrets = await Promise.all(["a", "b"].map((value) => sharedKeys.secret("test", value)));
    assert.equal(new Set(secrets).size, 1);
  });
});

describe("a database that can't be used", { skip }, () => {
  const name = `confab_test_${randomUUID().replaceAll("-", "")}`;
  let address: string;
  before(async () => {
    address = await makeDatabase(name);
  });
  after(() => dropDatabase(name));

  test("is refused where answered messages could be lost, with what to change", async () => {
    for (const level of ["off", "local", "remote_write"]) {
      const weak = new URL(address);
      weak.searchParams.set("options", `-c synchronous_commit=${level}`);
      await assert.rejects(
        openPostgresStore(weak.href),
        new RegExp(`synchronous_commit is ${level}, .*: set it to on`),
      );
    }
  });

  test("is refused where it was written by a newer version", async () => {
    const opened = await openPostgresStore(address);
    await opened.store[Symbol.asyncDispose]();
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    await client.query("insert into kysely_migration values ('999-later', now()::text)");
    await client.end();
    await assert.rejects(openPostgresStore(address), /newer version/);
  });
});
