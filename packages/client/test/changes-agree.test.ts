import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chat, Member, Room, RoomEvent } from "@confab/client";
import { connectAs, disconnect, roomOf } from "./support/chats.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer } from "./support/test-server.ts";
import { HANG_MS } from "./support/wait.ts";

const OLD = 250;
const seed = {
  users: { ada: {}, grace: {}, kay: {}, linus: {}, eve: {} },
  rooms: {
    engine: {
      owner: "ada",
      members: { grace: "member", kay: "member", linus: "member" },
      messages: Array.from(
        { length: OLD },
        (_, index) => ({ from: "ada", text: `old ${index + 1}` }) as const,
      ),
    },
  },
} as const;

/** The thing that an event is about. */
function subjectOf(event: RoomEvent): string {
  if ("message" in event) return `message ${event.message.seq}`;
  return event.kind === "member" ? `member ${event.member.user.handle}` : "room";
}

/** Keeps of each thing the last event, as the client folds those that were missed. */
function fold(events: readonly RoomEvent[]): RoomEvent[] {
  const folded = new Map<string, RoomEvent>();
  for (const event of events) {
    const subject = subjectOf(event);
    const isNew = folded.get(subject)?.kind === "message" && event.kind === "updated";
    folded.delete(subject);
    folded.set(
      subject,
      isNew ? { kind: "message", message: event.message, revision: event.revision } : event,
    );
  }
  return [...folded.values()];
}

function standing({ user, role, state, mutedUntil, allow }: Member): object {
  return { handle: user.handle, role, state, mutedUntil, allow };
}

/** Returns an event without what only comes live. */
function plain(event: RoomEvent): object {
  const { revision, kind } = event;
  if ("message" in event) return { revision, kind, message: event.message };
  if (event.kind === "member") return { revision, kind, ...standing(event.member) };
  const { title, topic } = event.info;
  return { revision, kind: "room", title, topic };
}

/** Reads changes until the last one of the script has come, or the gap. */
async function readChanges(chat: Chat, roomId: string): Promise<RoomEvent[]> {
  const events: RoomEvent[] = [];
  const signal = AbortSignal.timeout(HANG_MS);
  for await (const event of roomOf(chat, { id: roomId }).changes({ signal })) {
    events.push(event);
    if (event.kind === "gap" || (event.kind === "member" && event.member.user.handle === "linus")) break;
  }
  return events;
}

interface Script {
  /** The room, as ada, grace and kay have it. */
  readonly rooms: readonly [Room, Room, Room];
  readonly kayId: string;
  readonly linusId: string;
  /** Lets time pass: an edit is told by its time. */
  readonly pass: () => Promise<void>;
}

/** Changes everything that can change, most of it more than once. */
async function change({ rooms: [room, own, theirs], kayId, linusId, pass }: Script): Promise<void> {
  const first = await room.send("new");
  const second = await theirs.send("new, then edited and reacted to");
  const third = await room.send("new, then deleted");
  await pass();
  await theirs.edit(second.seq, "edited");
  await own.react(second.seq, "👍");
  await room.react(second.seq, "👍");
  await room.delete(third.seq);
  await room.edit(3, "edited once");
  await room.edit(3, "edited twice");
  await room.delete(4);
  await room.pin(5);
  await theirs.react(6, "🎉");
  await own.react(6, "🎉");
  await own.react(7, "👀");
  await own.react(7, "🎉");
  await own.unreact(7, "👀");
  await theirs.react(8, "👎");
  await room.removeReactions(8, "👎");
  await theirs.react(first.seq, "❤️");
  await room.update({ title: "motor" });
  await room.update({ title: "loom", topic: "what weaves" });
  await room.updateMember(kayId, { role: "moderator" });
  await room.updateMember(kayId, { allow: ["pin"] });
  await room.invite(["eve"]);
  await room.remove(linusId, { reason: "quiet" });
}

test("changes say the same live, after a lost connection and after a restart", async () => {
  await using server = await createTestServer({ seed });
  await using proxy = await TcpProxy.open(server.address);
  const { id } = server.rooms.engine;
  await using ada = await connectAs(server, "ada");
  await using kay = await connectAs(server, "kay");
  await using live = await connectAs(server, "grace");
  await using lost = await connectAs(server, "grace", { address: proxy.address });
  const cursors = new MemoryStore();
  const before = await connectAs(server, "grace", { cursors });

  const liveEvents = readChanges(live, id);
  const lostEvents = readChanges(lost, id);
  const nothing = readChanges(before, id);
  await before.close();
  assert.deepEqual(await nothing, []);
  await disconnect(lost, proxy);
  await change({
    rooms: [roomOf(ada, { id }), roomOf(live, { id }), roomOf(kay, { id })],
    kayId: server.users.kay.id,
    linusId: server.users.linus.id,
    pass: () => server.clock.advance(1_000),
  });
  proxy.unblock();
  await using after = await connectAs(server, "grace", { cursors });
  const restartedEvents = await readChanges(after, id);

  const folded = fold(await liveEvents);
  assert.equal(folded.length < (await liveEvents).length, true);
  assert.deepEqual((await lostEvents).map(plain), folded.map(plain));
  const messages = folded.filter((event) => "message" in event);
  assert.deepEqual(
    restartedEvents.map(plain),
    [...messages, restartedEvents.at(-1) ?? assert.fail()].map(plain),
  );
  const gap = restartedEvents.at(-1);
  const room = folded.find(({ kind }) => kind === "room");
  assert.ok(gap?.kind === "gap" && room?.kind === "room");
  assert.deepEqual([gap.info.title, gap.info.topic], [room.info.title, room.info.topic]);
  assert.equal(gap.revision, folded.at(-1)?.revision);

  // The members that a gap has you read are those that the changes lead to.
  const changed = new Map(
    folded.flatMap((event) => (event.kind === "member" ? [[event.member.user.handle, event.member]] : [])),
  );
  const members = await roomOf(after, { id }).members();
  assert.deepEqual(members.map(({ user }) => user.handle).sort(), ["ada", "grace", "kay"]);
  const member = members.find(({ user }) => user.handle === "kay");
  const expected = changed.get("kay");
  assert.ok(member && expected);
  assert.deepEqual(standing(member), standing(expected));
  assert.deepEqual([changed.get("linus")?.state, changed.get("eve")?.state], ["left", "invited"]);
});
