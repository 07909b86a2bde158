import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusEvent } from "../../bus/port.ts";
import { openTestApp } from "../testing.ts";

test("changes of a user are told at most once a second, also when the clock goes back", async () => {
  const published: BusEvent[] = [];
  await using app = await openTestApp({ publish: (event) => published.push(event) });
  const { id } = await app.register("ada");
  const { userChanges } = app.useCases;
  const toldAfter = async (ms: number): Promise<number> => {
    app.pass(ms);
    await userChanges.settle();
    return published.length;
  };
  for (let count = 0; count < 3; count++) userChanges.changed(id);
  assert.equal(await toldAfter(999), 1);
  assert.equal(await toldAfter(1), 2);
  assert.equal(await toldAfter(5_000), 2, "nothing more is due");
  userChanges.changed(id);
  app.pass(-3_600_000);
  userChanges.changed(id);
  assert.equal(await toldAfter(0), 4, "the hour is not waited for");
});
