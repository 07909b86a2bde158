import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Kysely } from "kysely";
import { ChatError } from "../../domain/errors.ts";
import type { Ran } from "./answers.ts";
import { nodeSqliteDialect } from "./dialect.ts";
import { OperationQueue } from "./operation-queue.ts";
import { SharedTransaction } from "./shared-transaction.ts";
import { fromWire, type OperationRequest, type ThreadAnswer, toWire } from "./wire.ts";

const TOO_SOON = new ChatError("SLOW_MODE", "wait", { field: "name", retryAfterMs: 1_500 });

interface Table {
  readonly names: { readonly name: string };
}

/**
 * Operations here take a name: "bad …" fails after it was stored, "refused …" is refused then, "full …" fails as a full
 * disk does, and "slow …" takes more than 5 ms of a clock that otherwise stands still.
 */
function example() {
  const database = new DatabaseSync(":memory:");
  database.exec("create table names (name text unique)");
  const shared = new SharedTransaction(database);
  const db = new Kysely<Table>({ dialect: nodeSqliteDialect(database, shared) });
  const answers: (readonly ThreadAnswer[])[] = [];
  const done: number[] = [];
  const arriving: OperationRequest[] = [];
  let nextId = 1;
  let nowMs = 0;
  const queue = new OperationQueue({
    shared,
    perform: ({ input }) => store(String(input)),
    receive() {
      for (const request of arriving.splice(0)) queue.add(request);
    },
    answer(some) {
      assert.equal(database.isTransaction, false, "an answer is given when all is stored");
      answers.push(some);
    },
    async onDone(ran: readonly Ran[]) {
      done.push(...ran.map(({ request }) => request.id));
    },
    nowMs: () => nowMs,
  });
  const store = (name: string): Promise<string> =>
    db.transaction().execute(async (trx) => {
      await trx.insertInto("names").values({ name }).execute();
      if (name.startsWith("slow")) nowMs += 5.1;
      if (name.startsWith("bad")) throw new Error("a bug");
      if (name.startsWith("refused")) throw TOO_SOON;
      if (name.startsWith("full")) {
        database.exec("rollback");
        throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
      }
      return name;
    });
  const names = (): unknown[] =>
    database
      .prepare("select name from names order by name")
      .all()
      .map(({ name }) => name);
  const request = (input: string, operation = "createRoom"): OperationRequest =>
    ({ id: nextId++, operation, input }) as unknown as OperationRequest;
  return {
    queue,
    names,
    answers,
    done,
    /** Runs these; all have come when the first of them is looked at. */
    async run(...requests: OperationRequest[]): Promise<void> {
      const [first, ...others] = requests;
      arriving.push(...others);
      if (first) queue.add(first);
      await turn();
    },
    request,
  };
}

const outcomes = (answers: readonly (readonly ThreadAnswer[])[]) =>
  answers.map((some) => some.map((answer) => `${"id" in answer ? answer.id : ""} ${answer.kind}`));

test("operations that wait together are stored together, in order, and answered then", async () => {
  const { run, request, answers, names, done } = example();
  await run(request("b"), request("a"), request("c"));
  assert.deepEqual(outcomes(answers), [["1 done", "2 done", "3 done"]]);
  assert.deepEqual(names(), ["a", "b", "c"]);
  assert.deepEqual(done, [1, 2, 3]);
});

test("one that fails undoes its own part alone", async () => {
  const { run, request, answers, names, done } = example();
  await run(request("a"), request("bad"), request("a"), request("b"));
  assert.deepEqual(outcomes(answers), [["1 done", "2 failed", "3 failed", "4 done"]]);
  assert.deepEqual(names(), ["a", "b"]);
  assert.deepEqual(done, [1, 4]);
});

test("one that is refused leaves nothing, and its error is answered whole", async () => {
  const { run, request, answers, names, done } = example();
  await run(request("a"), request("refused"), request("b"));
  await run(request("refused alone"));
  const kinds = [["1 done", "2 refused", "3 done"], ["4 refused"]];
  assert.deepEqual(outcomes(answers), kinds);
  assert.deepEqual(names(), ["a", "b"]);
  assert.deepEqual(done, [1, 3]);
  for (const answer of fromWire<readonly ThreadAnswer[]>(toWire(answers.flat()))) {
    if (answer.kind === "refused") assert.deepEqual(ChatError.fromData(answer.error), TOO_SOON);
  }
});

test("when the disk is full nothing of the transaction counts, and what came after is tried by itself", async () => {
  const { run, request, answers, names, done } = example();
  await run(request("a"), request("full"), request("b"), request("c"));
  assert.deepEqual(outcomes(answers), [
    ["1 failed", "2 failed"],
    ["3 done", "4 done"],
  ]);
  const [first] = answers[0] ?? [];
  assert.equal(first?.kind === "failed" && first.fault, "full");
  assert.deepEqual(names(), ["b", "c"]);
  assert.deepEqual(done, [3, 4]);
});

test("sends and others take turns, so that a send waits for one other at most", async () => {
  const { run, request, done } = example();
  const others = ["a", "b", "c", "d"].map((name) => request(name));
  const sends = ["first send", "second send"].map((name) => request(name, "appendMessages"));
  await run(...others, ...sends);
  const [a, b, c, d] = others.map(({ id }) => id);
  const [first, second] = sends.map(({ id }) => id);
  assert.deepEqual(done, [first, a, second, b, c, d]);
});

test("after a slow one no further operation joins the transaction", async () => {
  const { run, request, answers, names, done } = example();
  await run(request("a"), request("slow"), request("b"), request("c"));
  assert.deepEqual(outcomes(answers), [
    ["1 done", "2 done"],
    ["3 done", "4 done"],
  ]);
  assert.deepEqual(names(), ["a", "b", "c", "slow"]);
  assert.deepEqual(done, [1, 2, 3, 4]);
});
