import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ChatError } from "../domain/errors.ts";
import { LOBBY, type UserId } from "../domain/ids.ts";
import type { RoomChange } from "../domain/live/changes.ts";
import type { Message } from "../domain/messages/message.ts";
import { GroupCommit } from "./group-commit.ts";
import type { NewMessage } from "./port/messages.ts";
import type { Store } from "./port/store.ts";
import { openSqliteStore } from "./sqlite/store.ts";

/** A second transaction starts behind the first when this many wait. */
const MIN_QUEUED_MESSAGES = 48;
const MAX_WAITING_MESSAGES = 20_000;

function newMessage(text: string, name = "ada"): NewMessage {
  return {
    roomId: LOBBY,
    id: randomUUID(),
    sender: { kind: "guest", userId: `guest-${name}` as UserId, name, nameKey: name },
    text,
    nowMs: Date.now(),
    content: null,
  };
}

describe("group commit", () => {
  let folder: string;
  let store: Store;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "confab-test-"));
    store = await openSqliteStore(folder);
  });
  after(async () => {
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  /** Counts the transactions, and collects what was stored in the order in which it was told. */
  function example() {
    const batches: number[] = [];
    const stored: Message[] = [];
    const counting = {
      appendMessages(messages: readonly NewMessage[]) {
        batches.push(messages.length);
        return store.appendMessages(messages);
      },
    };
    const keep = ({ change }: RoomChange): void => {
      if (change.kind === "message") stored.push(change.message);
    };
    return { batches, stored, commits: new GroupCommit(counting, keep) };
  }

  test("what arrives while a transaction runs shares the next one, in the order of arrival", async () => {
    const { batches, stored, commits } = example();
    const texts = Array.from({ length: 64 }, (_, index) => `message ${index}`);
    const outcomes = await Promise.all(texts.map((text) => commits.append(newMessage(text))));
    assert.deepEqual(batches, [1, MIN_QUEUED_MESSAGES, 63 - MIN_QUEUED_MESSAGES]);
    const answered = outcomes.map(({ message, duplicate }) => (duplicate ? null : message));
    assert.deepEqual(answered, stored);
    assert.deepEqual(
      stored.map((message) => message.content.text),
      texts,
    );
    for (const [index, message] of stored.entries()) assert.equal(message.seq, (stored[0]?.seq ?? 0) + index);
  });

  test("a batch has a bound, and a lone message waits for nobody", async () => {
    const { batches, commits } = example();
    await Promise.all(
      Array.from({ length: 2_501 }, (_, index) => commits.append(newMessage(`many ${index}`))),
    );
    await commits.append(newMessage("alone"));
    const rest = 2_500 - MIN_QUEUED_MESSAGES;
    const full = Array(Math.floor(rest / 256)).fill(256);
    assert.deepEqual(batches, [1, MIN_QUEUED_MESSAGES, ...full, rest % 256, 1]);
  });

  test("a message that is refused takes no seq and does not stop the others", async () => {
    const { stored, commits } = example();
    const nowMs = Date.now();
    const id = "holder" as UserId;
    await store.createUser({
      request: null,
      id,
      kind: "human",
      role: "user",
      handle: { handle: "held", key: "held" },
      displayName: "",
      passwordHash: null,
      externalSubject: null,
      nowMs,
      audit: {
        atMs: nowMs,
        action: "user-created",
        actorId: null,
        serviceId: null,
        targetId: id,
        address: "local",
        detail: "",
      },
    });
    const names = ["ada", "held", "grace", "held", "ada"];
    const sends = names.map((name) => commits.append(newMessage(`from ${name}`, name)));
    const outcomes = await Promise.allSettled(sends);
    const refusal = new ChatError(
      "NAME_HELD",
      'the name "held" belongs to an account: sign in as it, or choose another',
      { field: "user_name" },
    );
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason : "stored")),
      ["stored", refusal, "stored", refusal, "stored"],
    );
    const [first, second, third] = stored.map((message) => message.seq);
    assert.deepEqual([second, third], [(first ?? 0) + 1, (first ?? 0) + 2]);
  });

  test("past its bound sends are refused for now, and those that wait are stored", async () => {
    const { stored, commits } = example();
    const message = newMessage("one of very many");
    const sends = Array.from({ length: 1 + MIN_QUEUED_MESSAGES + MAX_WAITING_MESSAGES }, () =>
      commits.append({ ...message, id: randomUUID() }),
    );
    await assert.rejects(
      commits.append(message),
      (error) =>
        error instanceof ChatError && error.reason === "STORE_BUSY" && error.retryAfterMs !== undefined,
    );
    await Promise.all(sends);
    assert.equal(stored.length, sends.length);
  });

  test("when the store fails, every send that waits fails, and nothing counts as stored", async () => {
    const closedFolder = mkdtempSync(join(tmpdir(), "confab-test-"));
    const closed = await openSqliteStore(closedFolder);
    await closed[Symbol.asyncDispose]();
    const commits = new GroupCommit(closed, () => assert.fail("nothing is stored"));
    const sends = await Promise.allSettled(["one", "two"].map((text) => commits.append(newMessage(text))));
    for (const send of sends) {
      assert.ok(send.status === "rejected" && send.reason instanceof ChatError);
      assert.equal(send.reason.reason, "STORAGE_ERROR");
    }
    rmSync(closedFolder, { recursive: true });
  });
});
