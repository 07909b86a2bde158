import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusEvent } from "../../bus/port.ts";
import { LOBBY } from "../../domain/ids.ts";
import { NO_CONTENT } from "../../domain/messages/content.ts";
import { Payload } from "../../domain/messages/payload.ts";
import { openTestApp, reasonOf } from "../testing.ts";

/** Names an event's kind and leaves out its content. */
function shape(event: BusEvent): string {
  if ("signal" in event) return `signal ${event.signal.kind}`;
  const { revision, actorId, change } = event.change;
  return `${change.kind} ${revision}${actorId === "" ? "" : " by someone"}`;
}

test("every change is published once, in order; what changed nothing or was refused is not", async () => {
  const events: BusEvent[] = [];
  await using app = await openTestApp({ publish: (event) => events.push(event) });
  const { messages, members } = app.useCases;
  const ada = app.askOf(await app.register("ada"));
  const userIds = [ada.caller.account.id];
  await members.addMembers(ada, { roomId: LOBBY, userIds, role: null, expiresAtMs: null });
  const fields = {
    ...{ roomId: LOBBY, clientMessageId: "", text: "text", replyToSeq: 0, threadRootSeq: 0 },
    ...{ mentionUserIds: [], payload: null, ttlMs: 0 },
  };
  const { message } = await messages.sendMessage(ada, fields);
  events.length = 0;

  const place = { roomId: LOBBY, seq: message.seq };
  const edit = { ...place, text: "edited", expectedRevision: 0 };
  const reaction = { ...place, emoji: "👍", removed: false };
  await messages.updateMessage(ada, edit);
  await messages.updateMessage(ada, edit);
  await messages.setReaction(ada, reaction);
  await messages.setReaction(ada, reaction);
  await messages.setReaction(ada, { ...reaction, removed: true });
  await messages.updateReadCursor(ada, { roomId: LOBBY, readSeq: message.seq });
  await messages.updateReadCursor(ada, { roomId: LOBBY, readSeq: message.seq });
  await messages.deleteMessage(ada, { ...place, reason: "" });
  await messages.deleteMessage(ada, { ...place, reason: "" });
  assert.deepEqual((await messages.getMessage(ada, place)).message.content, NO_CONTENT);
  const late = () => messages.setReaction(ada, reaction);
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
  const { messages, search, members } = app.useCases;
  const user = await app.register("ada");
  const ada = app.askOf(user);
  const userIds = [user.id];
  await members.addMembers(ada, { roomId: LOBBY, userIds, role: null, expiresAtMs: null });
  const fields = {
    ...{ roomId: LOBBY, clientMessageId: "", text: "fleeting", replyToSeq: 0, threadRootSeq: 0 },
    ...{ mentionUserIds: [], payload: new Payload(new Uint8Array(1), "t"), ttlMs: 5_000 },
  };
  const { message } = await messages.sendMessage(ada, fields);
  const place = { roomId: LOBBY, seq: message.seq };
  app.pass(4_999);
  assert.equal((await messages.getMessage(app.askOf(user), place)).message.content.text, "fleeting");
  app.pass(1);
  const { message: over } = await messages.getMessage(app.askOf(user), place);
  assert.deepEqual([over.content, over.deleted], [NO_CONTENT, true]);
  const page = { roomId: LOBBY, positions: [], threadRootSeq: 0, pinnedOnly: false, limit: 10 };
  const history = await messages.listMessages(app.askOf(user), page);
  assert.deepEqual(
    history.messages.map(({ message }) => message.content.text),
    [""],
  );
  const query = { query: "fleeting", roomIds: [], senderId: "", before: 0, limit: 10 };
  assert.deepEqual((await search.searchMessages(app.askOf(user), query)).messages, []);
  const edit = { ...place, text: "back", expectedRevision: 0 };
  assert.equal(await reasonOf(() => messages.updateMessage(app.askOf(user), edit)), "MESSAGE_DELETED");
});
