import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { CatchUps } from "./catch-ups.ts";

/** Feeds that catch up until they are told to finish. */
class Feeds {
  readonly running: string[] = [];
  readonly #catchUps = new CatchUps();
  readonly #finish = new Map<string, () => void>();

  async begin(name: string, signal = new AbortController().signal): Promise<void> {
    const [userId = ""] = name.split(" ");
    await this.#catchUps.run({ userId, signal }, () => {
      this.running.push(name);
      return new Promise((resolve) => this.#finish.set(name, resolve));
    });
  }

  async finish(name: string): Promise<void> {
    this.#finish.get(name)?.();
    this.running.splice(this.running.indexOf(name), 1);
    await nextTurn();
  }
}

test("two feeds catch up at a time, and a user of many lets another in between", async () => {
  const feeds = new Feeds();
  for (const name of ["mallory 1", "mallory 2", "mallory 3", "mallory 4", "ada"]) void feeds.begin(name);
  await nextTurn();
  assert.deepEqual(feeds.running, ["mallory 1", "mallory 2"]);
  await feeds.finish("mallory 1");
  assert.deepEqual(feeds.running, ["mallory 2", "mallory 3"]);
  await feeds.finish("mallory 2");
  assert.deepEqual(feeds.running, ["mallory 3", "ada"]);
});

test("a feed that ends while it waits reads nothing", async () => {
  const feeds = new Feeds();
  const controller = new AbortController();
  void feeds.begin("ada");
  void feeds.begin("grace");
  const waiting = feeds.begin("mallory", controller.signal);
  controller.abort(new Error("the client has gone"));
  const refused = assert.rejects(waiting, /the client has gone/);
  await feeds.finish("ada");
  await refused;
  assert.deepEqual(feeds.running, ["grace"]);
});
