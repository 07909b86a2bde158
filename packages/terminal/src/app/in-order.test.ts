import assert from "node:assert/strict";
import { test } from "node:test";
import { InOrder } from "./in-order.ts";

test("steps run one after the other, also behind one that fails", async () => {
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const order = new InOrder();
  const slow = order.run(async () => {
    await gate.promise;
    done.push("slow");
    throw new Error("no");
  });
  const quick = order.run(async () => {
    done.push("quick");
    return 1;
  });
  gate.resolve();
  await assert.rejects(slow, /no/);
  assert.equal(await quick, 1);
  assert.deepEqual(done, ["slow", "quick"]);
});
