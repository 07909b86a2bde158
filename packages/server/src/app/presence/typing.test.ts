import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusEvent } from "../../bus/port.ts";
import { LOBBY } from "../../domain/ids.ts";
import { openTestApp } from "../testing.ts";

test("typing is told at most once a second, also when the clock goes back", async () => {
  const published: BusEvent[] = [];
  await using app = await openTestApp({ publish: (event) => published.push(event) });
  const ada = await app.register("ada");
  const joining = { roomId: LOBBY, userIds: [ada.id], role: null, expiresAtMs: null };
  await app.useCases.members.addMembers(app.askOf(ada), joining);
  const toldAfter = async (ms: number): Promise<number> => {
    app.pass(ms);
    await app.useCases.presence.signalActivity(app.askOf(ada), { roomId: LOBBY, activity: "typing" });
    return published.filter((event) => "signal" in event && event.signal.kind === "typing").length;
  };
  assert.equal(await toldAfter(0), 1);
  assert.equal(await toldAfter(999), 1);
  assert.equal(await toldAfter(1), 2);
  assert.equal(await toldAfter(-7_200_000), 3, "the two hours are not waited for");
  assert.equal(await toldAfter(999), 3);
});
