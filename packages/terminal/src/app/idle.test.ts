import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Idle } from "./idle.ts";

test("who presses no key for five minutes is away until the next one", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const said: string[] = [];
    using idle = new Idle((activity) => {
      if (said.at(-1) !== activity) said.push(activity);
    });
    mock.timers.tick(299_999);
    idle.touch();
    mock.timers.tick(299_999);
    assert.deepEqual(said, ["online"]);
    mock.timers.tick(1);
    assert.deepEqual(said, ["online", "away"]);
    idle.touch();
    assert.deepEqual(said, ["online", "away", "online"]);
    idle[Symbol.dispose]();
    mock.timers.tick(600_000);
    assert.deepEqual(said, ["online", "away", "online"]);

    let isAway = true;
    using wish = new Idle(
      (activity) => said.push(activity),
      () => isAway,
    );
    wish.touch();
    isAway = false;
    wish.touch();
    assert.deepEqual(said.slice(3), ["away", "away", "online"]);
  } finally {
    mock.timers.reset();
  }
});
