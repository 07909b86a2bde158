import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Source } from "./observable.ts";

describe("a source", () => {
  test("gives the same object until it has changed, and computes it when asked", () => {
    let computed = 0;
    const source = new Source(() => ({ count: ++computed }));
    assert.equal(computed, 0);
    const { get } = source;
    assert.equal(get(), get());
    source.changed();
    source.changed();
    assert.equal(computed, 1);
    assert.deepEqual(get(), { count: 2 });
  });

  test("notifies each listener once for the changes of a turn, until it unsubscribes", async () => {
    let observed = 0;
    const source = new Source(
      () => 0,
      () => observed++,
    );
    const calls: string[] = [];
    const listener = (): void => void calls.push("same");
    const stops = [source.subscribe(listener), source.subscribe(listener)];
    assert.deepEqual([observed, source.isObserved], [1, true]);
    source.changed();
    source.changed();
    assert.deepEqual(calls, []);
    await Promise.resolve();
    assert.deepEqual(calls, ["same", "same"]);
    stops[0]?.();
    stops[0]?.();
    source.changed();
    await Promise.resolve();
    assert.equal(calls.length, 3);
    stops[1]?.();
    assert.equal(source.isObserved, false);
  });
});
