import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type ConfabError, confabError } from "../errors.ts";
import type { MessageRecord } from "../live/records.ts";
import { Outgoing } from "./outgoing.ts";
import { UnsentCount } from "./unsent-count.ts";
import type { Unsent } from "./unsent-message.ts";

interface Posted {
  readonly text: string;
  readonly answer: (outcome: number | ConfabError) => void;
}

/** The outbox of a room, with a server that answers on the test's command. */
class Fixture {
  readonly posted: Posted[] = [];
  readonly waits: number[] = [];
  readonly stored: number[] = [];
  readonly count = new UnsentCount(100);
  isOnline = true;
  readonly outgoing = new Outgoing({
    roomId: "r",
    meId: "me",
    nowMs: () => 0,
    count: this.count,
    checkSize() {},
    isOnline: () => this.isOnline,
    post: (request) => this.#post(request),
    wait: async (ms) => void this.waits.push(ms),
    onStored: ({ seq }) => void this.stored.push(seq),
    onChanged() {},
  });

  get shown(): string[] {
    return this.outgoing.unsent.map(({ echo, error }) => `${echo.text}${error ? ` ${error.reason}` : ""}`);
  }

  /** Answers the newest request, and waits for the effects. */
  async answer(outcome: number | ConfabError): Promise<void> {
    this.posted.at(-1)?.answer(outcome);
    await settled();
  }

  #post(request: Unsent["request"]): Promise<MessageRecord> {
    const { promise, resolve, reject } = Promise.withResolvers<MessageRecord>();
    const echo = this.outgoing.unsent.find(({ request: own }) => own === request)?.echo;
    const answer: Posted["answer"] = (outcome) => {
      if (typeof outcome === "number" && echo) resolve({ ...echo, seq: outcome });
      else reject(outcome);
    };
    this.posted.push({ text: request.text ?? "", answer });
    return promise;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const refused = (code: number, reason: string, retryAfterMs?: number): ConfabError =>
  confabError({ code, reason, message: reason, retryAfterMs });
const texts = (posted: readonly Posted[]): string[] => posted.map(({ text }) => text);

describe("the sends of a room", () => {
  test("go one after the other", async () => {
    const fixture = new Fixture();
    const sends = ["a", "b"].map((text) => fixture.outgoing.add(text, {}));
    assert.deepEqual(texts(fixture.posted), ["a"]);
    await fixture.answer(1);
    assert.deepEqual(texts(fixture.posted), ["a", "b"]);
    await fixture.answer(2);
    assert.deepEqual(
      (await Promise.all(sends)).map(({ seq }) => seq),
      [1, 2],
    );
    assert.deepEqual([fixture.shown, fixture.count.value.get()], [[], 0]);
  });

  test("that may pass are repeated after the time that the server names, and hold their place", async () => {
    const fixture = new Fixture();
    const sends = ["a", "b"].map((text) => fixture.outgoing.add(text, {}));
    await fixture.answer(refused(Code.UNAVAILABLE, "STORE_BUSY", 70));
    await fixture.answer(refused(Code.RESOURCE_EXHAUSTED, "RATE_LIMITED", 9_000));
    await fixture.answer(refused(Code.DEADLINE_EXCEEDED, "DEADLINE_PASSED"));
    assert.deepEqual(
      [texts(fixture.posted), fixture.waits],
      [
        ["a", "a", "a", "a"],
        [70, 9_000, 500],
      ],
    );
    assert.deepEqual(fixture.shown, ["a", "b"]);
    await fixture.answer(1);
    await fixture.answer(2);
    await Promise.all(sends);
  });

  test("that won't pass, or not soon, have failed, and the next goes", async () => {
    const fixture = new Fixture();
    const errors = [
      refused(Code.RESOURCE_EXHAUSTED, "SLOW_MODE", 10_001),
      refused(Code.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"),
      refused(Code.PERMISSION_DENIED, "MUTED"),
      refused(Code.INVALID_ARGUMENT, "TEXT_TOO_LONG"),
    ];
    const sends = errors.map((error) => assert.rejects(fixture.outgoing.add("x", {}), error));
    for (const error of errors) await fixture.answer(error);
    await Promise.all(sends);
    assert.deepEqual(fixture.shown, ["x SLOW_MODE", "x REQUEST_TOO_LARGE", "x MUTED", "x TEXT_TOO_LONG"]);
    assert.equal(fixture.count.value.get(), 4);
  });

  test("are stored once, whether the event comes first or the answer", async () => {
    const fixture = new Fixture();
    const sending = fixture.outgoing.add("a", { clientMessageId: "1" });
    const { echo } = fixture.outgoing.unsent[0] ?? assert.fail("nothing is unsent");
    fixture.outgoing.received({ ...echo, isMine: false, seq: 9 });
    assert.deepEqual(fixture.shown, ["a"]);
    fixture.outgoing.received({ ...echo, seq: 1 });
    assert.deepEqual(fixture.shown, []);
    const next = fixture.outgoing.add("b", {});
    await settled();
    await fixture.answer(2);
    fixture.posted[0]?.answer(1);
    assert.deepEqual([(await sending).seq, (await next).seq, fixture.stored], [1, 2, [1, 2]]);
  });

  test("wait for a connection, and go again from the first when there is one", async () => {
    const fixture = new Fixture();
    const sends = ["a", "b"].map((text) => fixture.outgoing.add(text, {}));
    fixture.isOnline = false;
    await fixture.answer(refused(Code.UNAVAILABLE, "CONNECTION_LOST"));
    assert.deepEqual([texts(fixture.posted), fixture.shown], [["a"], ["a", "b"]]);
    fixture.isOnline = true;
    void fixture.outgoing.flush();
    void fixture.outgoing.flush();
    assert.deepEqual(texts(fixture.posted), ["a", "a"]);
    await fixture.answer(1);
    await fixture.answer(2);
    await Promise.all(sends);
  });
});
