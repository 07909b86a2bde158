/** Preloaded into a server on Node. Counts the statements of each thread, in a file with one number a thread. */
import { openSync, writeSync } from "node:fs";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { threadId } from "node:worker_threads";

const file = openSync(process.env.BENCH_STATEMENTS ?? "", "r+");
const count = new BigUint64Array(1);

countCalls(DatabaseSync.prototype, ["exec"]);
countCalls(StatementSync.prototype, ["run", "get", "all", "iterate"]);

function countCalls<Method extends string>(
  prototype: Record<Method, (...args: never[]) => unknown>,
  methods: readonly Method[],
): void {
  for (const method of methods) {
    const original = prototype[method];
    prototype[method] = function counted(this: unknown, ...args: never[]): unknown {
      count[0] = (count[0] ?? 0n) + 1n;
      writeSync(file, count, 0, count.byteLength, threadId * count.byteLength);
      return original.apply(this, args);
    };
  }
}
