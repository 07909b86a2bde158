import assert from "node:assert/strict";
import { test } from "node:test";
import { endNotices } from "./notice-end.ts";
import { Store } from "./observable.ts";
import type { Notice } from "./ui-state.ts";

function watched(): {
  ui: Store<{ notice: Notice | null }>;
  connection: Store<{ status: "online" | "connecting" }>;
} {
  const ui = new Store<{ notice: Notice | null }>({ notice: null });
  const connection = new Store<{ status: "online" | "connecting" }>({ status: "online" });
  return { ui, connection };
}

const note = (until: Notice["until"]): Notice => ({ kind: "error", text: "no", until });

test("a notice goes after ten seconds, each with its own time; one that waits for input stays", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { ui, connection } = watched();
  const stop = endNotices(ui, connection);
  ui.patch({ notice: note("soon") });
  context.mock.timers.tick(9_999);
  const second = note("soon");
  ui.patch({ notice: second });
  context.mock.timers.tick(9_999);
  assert.equal(ui.get().notice, second);
  context.mock.timers.tick(1);
  assert.equal(ui.get().notice, null);
  const waiting = note("input");
  ui.patch({ notice: waiting });
  context.mock.timers.tick(100_000);
  assert.equal(ui.get().notice, waiting);
  ui.patch({ notice: second });
  stop();
  context.mock.timers.tick(100_000);
  assert.equal(ui.get().notice, second);
});

test("a notice about the lost connection goes with the next connection, and no other does", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { ui, connection } = watched();
  endNotices(ui, connection);
  connection.patch({ status: "connecting" });
  ui.patch({ notice: note("online") });
  connection.patch({ status: "online" });
  assert.equal(ui.get().notice, null);
  const other = note("soon");
  ui.patch({ notice: other });
  connection.patch({ status: "online" });
  assert.equal(ui.get().notice, other);
});
