import assert from "node:assert/strict";
import { test } from "node:test";
import { PermissionError, type Room } from "@confab/client";
import { connectAs, roomOf } from "./support/chats.ts";
import { createTestServer } from "./support/test-server.ts";
import { take, untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {}, eve: {} },
  rooms: {
    engine: {
      owner: "ada",
      members: { grace: "member", eve: "member" },
      messages: [{ from: "grace", text: "react" }],
    },
  },
} as const;

/** Waits until the first message has these reactions; `*` marks the user's own. */
async function untilReactions(room: Room, ...wanted: string[]): Promise<void> {
  const describe = ({ items }: ReturnType<Room["timeline"]["get"]>): string =>
    (items[0]?.reactions ?? [])
      .map(({ emoji, count, isMine }) => `${emoji}${count}${isMine ? "*" : ""}`)
      .join(" ");
  await untilValue(room.timeline, (timeline) => describe(timeline) === wanted.join(" "), wanted.join(" "));
}

test("a moderator takes off one reaction, or all of a kind, and everyone sees whose are left", async () => {
  await using server = await createTestServer({ seed });
  await using ada = await connectAs(server, "ada");
  await using grace = await connectAs(server, "grace");
  await using eve = await connectAs(server, "eve");
  const rooms = [ada, grace, eve].map((chat) => roomOf(chat, server.rooms.engine));
  const [owner, writer, member] = rooms as [Room, Room, Room];
  await owner.react(1, "\u2764");
  await member.react(1, "❤️");
  await member.react(1, "👎");
  await writer.react(1, "👎");
  await untilReactions(owner, "❤️2*", "👎2");
  await untilReactions(member, "❤️2*", "👎2*");

  const given = await writer.reactions(1);
  assert.deepEqual(given.map(({ emoji, user }) => `${emoji} ${user.handle}`).sort(), [
    "❤️ ada",
    "❤️ eve",
    "👎 eve",
    "👎 grace",
  ]);
  assert.ok(given.every(({ createTime }) => createTime.getTime() > 0));
  await assert.rejects(member.removeReactions(1, "👎"), PermissionError);

  const taking = take(member.changes(), 2);
  await owner.removeReactions(1, "❤️", { userId: server.users.eve.id, reason: "a mistake" });
  for (const room of [writer, member]) await untilReactions(room, "❤️1", "👎2*");
  await untilReactions(owner, "❤️1*", "👎2");
  await owner.removeReactions(1, "👎");
  await untilReactions(owner, "❤️1*");
  for (const room of [writer, member]) await untilReactions(room, "❤️1");
  const told = (await taking).map((event) => (event.kind === "updated" ? event.reaction : event.kind));
  assert.deepEqual(told, [
    { emoji: "❤️", userId: server.users.eve.id, isRemoved: true },
    { emoji: "👎", userId: null, isRemoved: true },
  ]);
});
