import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusEvent } from "../bus/port.ts";
import type { Origin, SignedIn } from "../domain/callers.ts";
import { LOBBY, type SessionId } from "../domain/ids.ts";
import type { User } from "../domain/users.ts";
import { openTestApp, reasonOf } from "./testing.ts";

function callOf(account: User): Origin & { readonly caller: SignedIn } {
  const caller = { kind: "account", account, sessionId: "s" as SessionId, serviceId: null } as const;
  return { caller, address: "127.0.0.1" };
}

/** What was told, without what is told in it. */
function shape(event: BusEvent): string {
  if ("signal" in event) return `signal ${event.signal.kind}`;
  const { revision, actorId, change } = event.change;
  return `${change.kind} ${revision}${actorId === "" ? "" : " by someone"}`;
}

test("every change is told once, in order; what changed nothing or was refused is not told", async () => {
  const events: BusEvent[] = [];
  await using app = await openTestApp({ publish: (event) => events.push(event) });
  const { messages, messageChanges, members } = app.useCases;
  const ada = callOf(await app.register("ada"));
  await members.add(LOBBY, { userIds: [ada.caller.account.id], role: null, expiresAtMs: null }, ada);
  const fields = {
    ...{ roomId: LOBBY, clientMessageId: "", text: "text", replyToSeq: 0, threadRootSeq: 0 },
    ...{ mentionUserIds: [], payload: "", payloadType: "", ttlMs: 0 },
  };
  const { message } = await messages.send(ada, fields);
  events.length = 0;

  const place = { roomId: LOBBY, seq: message.seq };
  const edit = { text: "edited", expectedRevision: 0 };
  await messageChanges.update(place, edit, ada);
  await messageChanges.update(place, edit, ada);
  await messageChanges.react(place, { emoji: "x", removed: false }, ada);
  await messageChanges.react(place, { emoji: "x", removed: false }, ada);
  await messageChanges.react(place, { emoji: "x", removed: true }, ada);
  await messageChanges.updateReadCursor({ roomId: LOBBY, readSeq: message.seq }, ada);
  await messageChanges.updateReadCursor({ roomId: LOBBY, readSeq: message.seq }, ada);
  await messageChanges.delete(place, "", ada);
  await messageChanges.delete(place, "", ada);
  const late = () => messageChanges.react(place, { emoji: "x", removed: false }, ada);
  assert.equal(await reasonOf(late), "MESSAGE_DELETED");

  const { revision } = message;
  assert.deepEqual(events.map(shape), [
    `message ${revision + 1} by someone`,
    `reaction ${revision + 2} by someone`,
    `reaction ${revision + 3} by someone`,
    "signal read",
    `message ${revision + 4} by someone`,
  ]);
});

test("a message whose time is over is as good as deleted, before anything has erased it", async () => {
  await using app = await openTestApp();
  const { messages, messageChanges, messageHistory, members } = app.useCases;
  const ada = callOf(await app.register("ada"));
  await members.add(LOBBY, { userIds: [ada.caller.account.id], role: null, expiresAtMs: null }, ada);
  const fields = {
    ...{ roomId: LOBBY, clientMessageId: "", text: "fleeting", replyToSeq: 0, threadRootSeq: 0 },
    ...{ mentionUserIds: [], payload: "AA==", payloadType: "t", ttlMs: 5_000 },
  };
  const { message } = await messages.send(ada, fields);
  const place = { roomId: LOBBY, seq: message.seq };
  app.pass(4_999);
  assert.equal((await messageHistory.get(place, ada)).message.text, "fleeting");
  app.pass(1);
  const { message: over } = await messageHistory.get(place, ada);
  assert.deepEqual([over.text, over.payload, over.deleted], ["", "", true]);
  const page = { positions: [], threadRootSeq: 0, pinnedOnly: false, limit: 10 };
  const history = await messageHistory.list(LOBBY, page, ada);
  assert.deepEqual(
    history.messages.map(({ message }) => message.text),
    [""],
  );
  const query = { query: "fleeting", roomIds: [], senderId: "", before: 0, limit: 10 };
  assert.deepEqual((await messageHistory.search(query, ada)).messages, []);
  const edit = { text: "back", expectedRevision: 0 };
  assert.equal(await reasonOf(() => messageChanges.update(place, edit, ada)), "MESSAGE_DELETED");
});
