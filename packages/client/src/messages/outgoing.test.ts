import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type ConfabError, confabError } from "../errors.ts";
import type { MessageRecord } from "../live/records.ts";
import { Outgoing, type Post } from "./outgoing.ts";
import { UnsentCount } from "./unsent-count.ts";
import type { Unsent } from "./unsent-message.ts";

interface Posted {
  readonly text: string;
  /** The text of the message that it comes after. */
  readonly after: string | undefined;
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
    post: (request, after) => this.#post(request, after),
    wait: async (ms) => void this.waits.push(ms),
    onStored: ({ seq }) => void this.stored.push(seq),
    onChanged() {},
  });

  get shown(): string[] {
    return this.outgoing.unsent.map(({ echo, error }) => `${echo.text}${error ? ` ${error.reason}` : ""}`);
  }

  /** Answers the oldest requests without an answer, one after the other, and waits for the effects. */
  async answer(...outcomes: readonly (number | ConfabError)[]): Promise<void> {
    for (const outcome of outcomes) this.posted[this.#answered++]?.answer(outcome);
    await settled();
  }

  #answered = 0;

  #post(request: Unsent["request"], after: Post | null): Post {
    const { promise: stored, resolve, reject } = Promise.withResolvers<MessageRecord>();
    const echo = this.outgoing.unsent.find(({ request: own }) => own === request)?.echo;
    const answer: Posted["answer"] = (outcome) => {
      if (typeof outcome === "number" && echo) resolve({ ...echo, seq: outcome });
      else reject(outcome);
    };
    const commandId = String(this.posted.length);
    this.posted.push({
      text: request.text ?? "",
      after: after ? this.posted[Number(after.commandId)]?.text : undefined,
      answer,
    });
    return { commandId, stored };
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const refused = (code: number, reason: string, retryAfterMs?: number): ConfabError =>
  confabError({ code, reason, message: reason, retryAfterMs });
const texts = (posted: readonly Posted[]): string[] => posted.map(({ text }) => text);

const behind = refused(Code.ABORTED, "AFTER_REFUSED");

describe("the sends of a room", () => {
  test("go without waiting for answers, each after the one before", async () => {
    const fixture = new Fixture();
    const sends = ["a", "b", "c"].map((text) => fixture.outgoing.add(text, {}));
    assert.deepEqual(
      fixture.posted.map(({ text, after }) => [text, after]),
      [
        ["a", undefined],
        ["b", "a"],
        ["c", "b"],
      ],
    );
    await fixture.answer(1, 2, 3);
    assert.deepEqual(
      (await Promise.all(sends)).map(({ seq }) => seq),
      [1, 2, 3],
    );
    assert.deepEqual([fixture.shown, fixture.count.value.get()], [[], 0]);
  });

  test("are at most 64 at once", async () => {
    const fixture = new Fixture();
    const sends = Array.from({ length: 70 }, (_, index) => fixture.outgoing.add(String(index), {}));
    assert.equal(fixture.posted.length, 64);
    await fixture.answer(1);
    assert.equal(fixture.posted.length, 65);
    await fixture.answer(...Array.from({ length: 64 }, (_, index) => index + 2));
    await fixture.answer(66, 67, 68, 69, 70);
    await Promise.all(sends);
    assert.equal(fixture.posted.at(-1)?.text, "69");
  });

  test("that may pass are repeated after the time that the server names, and hold their place", async () => {
    const fixture = new Fixture();
    const sends = ["a", "b", "c"].map((text) => fixture.outgoing.add(text, {}));
    await fixture.answer(refused(Code.UNAVAILABLE, "STORE_BUSY", 70), behind, behind);
    assert.deepEqual(texts(fixture.posted).slice(3), ["a"], "alone at first");
    await fixture.answer(refused(Code.RESOURCE_EXHAUSTED, "RATE_LIMITED", 9_000));
    await fixture.answer(refused(Code.DEADLINE_EXCEEDED, "DEADLINE_PASSED"));
    assert.deepEqual(
      [texts(fixture.posted).slice(3), fixture.waits],
      [
        ["a", "a", "a"],
        [70, 9_000, 500],
      ],
    );
    assert.deepEqual(fixture.shown, ["a", "b", "c"]);
    await fixture.answer(1);
    assert.deepEqual(texts(fixture.posted).slice(6), ["b", "c"], "then twice as many");
    await fixture.answer(2, 3);
    await Promise.all(sends);
  });

  test("that won't pass, or not soon, have failed, and those behind go again, in order", async () => {
    const fixture = new Fixture();
    const errors = [
      refused(Code.RESOURCE_EXHAUSTED, "SLOW_MODE", 10_001),
      refused(Code.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"),
      refused(Code.PERMISSION_DENIED, "MUTED"),
      refused(Code.INVALID_ARGUMENT, "TEXT_TOO_LONG"),
    ];
    const sends = errors.map((error) => assert.rejects(fixture.outgoing.add(error.reason, {}), error));
    const last = fixture.outgoing.add("good", {});
    for (const [index, error] of errors.entries()) {
      await fixture.answer(error, ...Array.from({ length: errors.length - index }, () => behind));
    }
    await fixture.answer(1);
    await Promise.all([...sends, last]);
    assert.deepEqual(
      fixture.shown,
      errors.map(({ reason }) => `${reason} ${reason}`),
    );
    assert.deepEqual([fixture.count.value.get(), fixture.stored], [4, [1]]);
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
    await fixture.answer(1, 2);
    assert.deepEqual([(await sending).seq, (await next).seq, fixture.stored], [1, 2, [1, 2]]);
  });

  test("wait for a connection, and go again from the first when there is one", async () => {
    const fixture = new Fixture();
    const sends = ["a", "b"].map((text) => fixture.outgoing.add(text, {}));
    fixture.isOnline = false;
    const lost = refused(Code.UNAVAILABLE, "CONNECTION_LOST");
    await fixture.answer(lost, lost);
    assert.deepEqual(
      [texts(fixture.posted), fixture.shown],
      [
        ["a", "b"],
        ["a", "b"],
      ],
    );
    fixture.isOnline = true;
    fixture.outgoing.flush();
    fixture.outgoing.flush();
    assert.deepEqual(texts(fixture.posted), ["a", "b", "a", "b"]);
    assert.equal(fixture.posted[2]?.after, undefined, "nothing of another stream is named");
    await fixture.answer(1, 2);
    await Promise.all(sends);
  });

  test("that may have ended a stream go alone, and only the culprit fails", async () => {
    const fixture = new Fixture();
    const sends = ["a", "bad", "c"].map((text) => fixture.outgoing.add(text, {}));
    const failing = assert.rejects(sends[1] ?? assert.fail(), { reason: "REQUEST_TOO_LARGE" });
    const cause = refused(Code.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE");
    const broken = confabError({ code: Code.UNAVAILABLE, reason: "CONNECTION_LOST", message: "lost", cause });
    const breaks = async (...outcomes: readonly (number | ConfabError)[]): Promise<void> => {
      fixture.isOnline = false;
      await fixture.answer(...outcomes);
      fixture.isOnline = true;
      fixture.outgoing.flush();
    };
    await breaks(broken, broken, broken);
    assert.deepEqual(texts(fixture.posted).slice(3), ["a"]);
    await fixture.answer(1);
    await breaks(broken);
    await breaks(broken);
    await failing;
    assert.deepEqual(fixture.shown, ["bad REQUEST_TOO_LARGE", "c"]);
    await fixture.answer(2);
    assert.equal((await sends[2])?.seq, 2);
  });
});
